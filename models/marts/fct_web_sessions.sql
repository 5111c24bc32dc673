with sessions as (

    select
        *,
        {{ reporting_day('started_at') }} as started_date

    from {{ ref('stg_web_sessions') }}

),

all_contacts as (

    select * from {{ ref('stg_contacts') }}

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

-- A visitor is a browser; once one of its sessions is identified, all of them are the contact's.
identified_visitors as (

    select
        sessions.visitor_id,
        min(all_contacts.surviving_contact_id) as contact_id

    from sessions

    inner join all_contacts
        on sessions.contact_id = all_contacts.contact_id

    group by sessions.visitor_id

),

final as (

    select
        sessions.session_id,
        coalesce(identified_visitors.contact_id, sessions.visitor_id) as visitor_id,
        identified_visitors.contact_id,
        coalesce(channels.channel, lower(sessions.source)) as channel,
        channels.touchpoint,
        campaigns.campaign_name,
        sessions.started_at,
        sessions.started_date,
        sessions.duration_seconds,
        sessions.page_views

    from sessions

    cross join reporting

    left join identified_visitors
        on sessions.visitor_id = identified_visitors.visitor_id

    left join channels
        on sessions.source = channels.source

    left join campaigns
        on sessions.campaign_id = campaigns.campaign_id

    where
        coalesce(sessions.user_agent_type, 'browser') != 'bot'
        {%- for hostname in var('internal_hostnames') %}
        and coalesce(sessions.hostname, '') != '{{ hostname }}'
        {%- endfor %}
        and sessions.started_date <= reporting.reporting_date

)

select * from final
