{%- set is_counted = ["coalesce(sessions.user_agent_type, 'browser') != 'bot'"] -%}
{%- for hostname in setting('internal_hostnames') -%}
    {%- do is_counted.append(
        "coalesce(sessions.hostname, '') != '" ~ escape_single_quotes(hostname) ~ "'"
    ) -%}
{%- endfor -%}
{%- set is_counted = is_counted | join('\n        and ') -%}
with identified as (

    select * from {{ ref('int_web_sessions_identified') }}

),

channels as (

    select * from {{ ref('channels') }}

),

campaigns as (

    select * from {{ ref('dim_campaigns') }}

),

reporting as (

    select * from {{ ref('int_reporting_date') }}

),

-- Segments are rows of every period: a site with thousands of pages would bury the others. Sessions
-- are read from their table, not from a CTE: a CTE that is read twice is first written out in full.
ranked_pages as (

    select
        sessions.landing_page,
        row_number() over (order by count(*) desc, sessions.landing_page asc) as page_rank

    from {{ ref('stg_web_sessions') }} as sessions

    cross join reporting

    where
        {{ is_counted }}
        and {{ reporting_day('sessions.started_at') }} <= reporting.reporting_date
        and sessions.landing_page is not null

    group by sessions.landing_page

),

-- The day is read once: the reporting time zone takes longer than all joins.
dated as (

    select
        sessions.*,
        {{ reporting_day('sessions.started_at') }} as started_date,
        identified.contact_id as visitor_contact_id

    from {{ ref('stg_web_sessions') }} as sessions

    left join identified
        on sessions.session_id = identified.session_id

),

-- A browser never has the name of a contact, whatever its id.
final as (

    select
        sessions.session_id,
        coalesce(sessions.visitor_contact_id, 'browser/' || sessions.visitor_id) as visitor_id,
        sessions.visitor_contact_id as contact_id,
        coalesce(channels.channel, lower(sessions.source)) as channel,
        channels.touchpoint,
        campaigns.campaign_name,
        sessions.landing_page,
        case
            when ranked_pages.page_rank > {{ var('max_landing_pages') }} then '(other)'
            else sessions.landing_page
        end as landing_page_group,
        sessions.started_at,
        sessions.started_date,
        sessions.duration_seconds,
        sessions.page_views

    from dated as sessions

    cross join reporting

    left join channels
        on sessions.source = channels.source

    left join campaigns
        on sessions.campaign_id = campaigns.campaign_id

    left join ranked_pages
        on sessions.landing_page = ranked_pages.landing_page

    where
        {{ is_counted }}
        and sessions.started_date <= reporting.reporting_date

)

select * from final
