with touches as (

    select * from {{ ref('fct_touches') }}

),

funnel as (

    select * from {{ ref('fct_contact_funnel') }}

),

-- One sort, which can spill to disk: at ten million touches this takes less time and memory than
-- grouping for the first moment and joining back to it.
ordered as (

    select
        visitor_id,
        contact_id,
        channel,
        touchpoint,
        campaign_name,
        landing_page_group,
        touched_date,
        row_number() over (
            partition by visitor_id order by touched_at asc, touch_id asc
        ) as touch_number

    from touches

),

-- A visitor's first touch never changes.
final as (

    select
        ordered.visitor_id,
        ordered.contact_id,
        ordered.channel,
        ordered.touchpoint,
        ordered.campaign_name,
        ordered.landing_page_group,
        ordered.touched_date as first_visit_date,
        funnel.lead_date,
        funnel.mql_date,
        funnel.customer_date

    from ordered

    left join funnel
        on ordered.contact_id = funnel.contact_id

    where ordered.touch_number = 1

)

select * from final
