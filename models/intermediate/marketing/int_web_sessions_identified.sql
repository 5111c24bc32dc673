with contacts as (

    select * from {{ ref('stg_contacts') }}

),

reporting as (

    select * from {{ ref('int_reporting_date') }}

),

-- Few sessions name somebody. Names that are learned after the report do not count yet. A contact
-- that the CRM does not know still counts as one person, on all browsers.
dated_names as (

    select
        sessions.session_id,
        sessions.visitor_id,
        sessions.contact_id

    from {{ ref('stg_web_sessions') }} as sessions

    cross join reporting

    where
        sessions.contact_id is not null
        and {{ reporting_day('sessions.started_at') }} <= reporting.reporting_date

),

named_sessions as (

    select
        dated_names.session_id,
        dated_names.visitor_id,
        coalesce(contacts.surviving_contact_id, dated_names.contact_id) as contact_id

    from dated_names

    left join contacts
        on dated_names.contact_id = contacts.contact_id

),

-- A visitor is a browser; once one of its sessions is identified, all of them are the contact's.
identified_visitors as (

    select
        visitor_id,
        min(contact_id) as contact_id,
        min(contact_id) < max(contact_id) as is_shared

    from named_sessions

    group by visitor_id

),

shared_visitors as (

    select visitor_id from identified_visitors where is_shared

),

-- On a browser that several contacts share, a session that names nobody belongs to the contact who
-- is named next, or else to the last one.
shared_sessions as (

    select
        sessions.session_id,
        sessions.visitor_id,
        named_sessions.contact_id,
        count(named_sessions.contact_id) over (
            partition by sessions.visitor_id
            order by sessions.started_at desc, sessions.session_id desc
            rows between unbounded preceding and current row
        ) as names_from_here_on,
        count(named_sessions.contact_id) over (
            partition by sessions.visitor_id
            order by sessions.started_at asc, sessions.session_id asc
            rows between unbounded preceding and current row
        ) as names_up_to_here

    from {{ ref('stg_web_sessions') }} as sessions

    inner join shared_visitors
        on sessions.visitor_id = shared_visitors.visitor_id

    left join named_sessions
        on sessions.session_id = named_sessions.session_id

),

shared_browsers as (

    select
        session_id,
        coalesce(
            max(contact_id) over (partition by visitor_id, names_from_here_on),
            max(contact_id) over (partition by visitor_id, names_up_to_here)
        ) as contact_id

    from shared_sessions

),

-- Sessions are read from their table, not from a CTE: a CTE that is read several times is first
-- written out in full.
final as (

    select
        sessions.session_id,
        coalesce(shared_browsers.contact_id, identified_visitors.contact_id) as contact_id

    from {{ ref('stg_web_sessions') }} as sessions

    inner join identified_visitors
        on sessions.visitor_id = identified_visitors.visitor_id

    left join shared_browsers
        on sessions.session_id = shared_browsers.session_id

)

select * from final
