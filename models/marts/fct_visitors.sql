with sessions as (

    select * from {{ ref('fct_web_sessions') }}

),

funnel as (

    select * from {{ ref('fct_contact_funnel') }}

),

ordered as (

    select
        *,
        row_number() over (
            partition by visitor_id order by started_at asc, session_id asc
        ) as session_number

    from sessions

),

-- The first touch is the visitor's for good.
final as (

    select
        ordered.visitor_id,
        ordered.contact_id,
        ordered.channel,
        ordered.touchpoint,
        ordered.campaign_name,
        ordered.started_date as first_visit_date,
        funnel.lead_date,
        funnel.customer_date

    from ordered

    left join funnel
        on ordered.contact_id = funnel.contact_id

    where ordered.session_number = 1

)

select * from final
