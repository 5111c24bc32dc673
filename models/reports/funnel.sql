{#- A table: tests and reports read it often, and it joins two large aggregates. -#}
{{ config(materialized='table') }}
with touches as (

    select * from {{ ref('agg_touches') }}

),

contacts as (

    select * from {{ ref('agg_contacts') }}

),

periods_and_cuts as (

    select
        period_grain,
        period_start,
        period_end,
        reporting_date,
        dimension,
        segment

    from contacts

    union

    select
        period_grain,
        period_start,
        period_end,
        reporting_date,
        dimension,
        segment

    from touches

),

final as (

    select
        periods_and_cuts.period_grain,
        periods_and_cuts.period_start,
        periods_and_cuts.period_end,
        periods_and_cuts.dimension,
        periods_and_cuts.segment,
        touches.visitor_count as visitors,
        contacts.lead_count as leads,
        contacts.lead_to_mql_count as mqls,
        contacts.lead_to_sql_count as sqls,
        contacts.lead_to_opportunity_count as opportunities,
        contacts.lead_to_customer_count as customers,
        touches.lost_visitor_count as visitors_lost,
        contacts.lead_count - contacts.lead_to_mql_count as leads_lost,
        contacts.lead_to_mql_count - contacts.lead_to_sql_count as mqls_lost,
        contacts.lead_to_sql_count - contacts.lead_to_opportunity_count as sqls_lost,
        contacts.lead_to_opportunity_count - contacts.lead_to_customer_count as opportunities_lost,
        periods_and_cuts.period_end > periods_and_cuts.reporting_date as is_provisional

    from periods_and_cuts

    left join touches
        on {{ same_segment('periods_and_cuts', 'touches') }}

    left join contacts
        on {{ same_segment('periods_and_cuts', 'contacts') }}

)

select * from final
