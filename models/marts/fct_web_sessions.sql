with dated as (

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

-- Who somebody turns out to be after the report is not known yet.
sessions as (

    select
        dated.*,
        all_contacts.surviving_contact_id as named_contact_id

    from dated

    cross join reporting

    left join all_contacts
        on dated.contact_id = all_contacts.contact_id

    where dated.started_date <= reporting.reporting_date

),

-- A visitor is a browser; once one of its sessions is identified, all of them are the contact's.
identified_visitors as (

    select
        visitor_id,
        min(named_contact_id) as contact_id,
        min(named_contact_id) < max(named_contact_id) as is_shared

    from sessions

    where named_contact_id is not null

    group by visitor_id

),

-- On a browser that several contacts share, a session that names nobody is of the contact who is
-- named next, or else of the last one.
shared_sessions as (

    select
        sessions.session_id,
        sessions.visitor_id,
        sessions.named_contact_id,
        count(sessions.named_contact_id) over (
            partition by sessions.visitor_id
            order by sessions.started_at desc, sessions.session_id desc
            rows between unbounded preceding and current row
        ) as names_from_here_on,
        count(sessions.named_contact_id) over (
            partition by sessions.visitor_id
            order by sessions.started_at asc, sessions.session_id asc
            rows between unbounded preceding and current row
        ) as names_up_to_here

    from sessions

    inner join identified_visitors
        on
            sessions.visitor_id = identified_visitors.visitor_id
            and identified_visitors.is_shared

),

shared_browsers as (

    select
        session_id,
        coalesce(
            max(named_contact_id) over (partition by visitor_id, names_from_here_on),
            max(named_contact_id) over (partition by visitor_id, names_up_to_here)
        ) as contact_id

    from shared_sessions

),

identified as (

    select
        sessions.*,
        coalesce(shared_browsers.contact_id, identified_visitors.contact_id)
            as visitor_contact_id

    from sessions

    left join identified_visitors
        on sessions.visitor_id = identified_visitors.visitor_id

    left join shared_browsers
        on sessions.session_id = shared_browsers.session_id

),

-- A browser bears another name than a contact, whatever id it has.
final as (

    select
        sessions.session_id,
        coalesce(sessions.visitor_contact_id, 'browser/' || sessions.visitor_id) as visitor_id,
        sessions.visitor_contact_id as contact_id,
        coalesce(channels.channel, lower(sessions.source)) as channel,
        channels.touchpoint,
        campaigns.campaign_name,
        sessions.started_at,
        sessions.started_date,
        sessions.duration_seconds,
        sessions.page_views

    from identified as sessions

    left join channels
        on sessions.source = channels.source

    left join campaigns
        on sessions.campaign_id = campaigns.campaign_id

    where
        coalesce(sessions.user_agent_type, 'browser') != 'bot'
        {%- for hostname in var('internal_hostnames') %}
        and coalesce(sessions.hostname, '') != '{{ hostname }}'
        {%- endfor %}

)

select * from final
