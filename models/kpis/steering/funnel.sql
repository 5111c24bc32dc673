with contacts as (

    select * from {{ ref('fct_contact_funnel') }}

),

visitors as (

    select
        visitor_id,
        lead_date

    from {{ ref('fct_visitors') }}

),

touches as (

    select
        fct_touches.*,
        case when visitors.lead_date is null then fct_touches.visitor_id end as lost_visitor_id

    from {{ ref('fct_touches') }} as fct_touches

    inner join visitors
        on fct_touches.visitor_id = visitors.visitor_id

),

{{ measured_by_period('visits', 'touches', 'touched_date', var('visit_cuts'), {
    'visitor_count': 'count(visitor_id)',
    'visitors_lost': 'count(lost_visitor_id)',
}, once=['visitor_id', 'lost_visitor_id']) }},

{{ measured_by_period('cohort', 'contacts', 'lead_date', var('contact_cuts'), {
    'leads': 'count(contact_id)',
    'mqls': 'count(mql_date)',
    'sqls': 'count(sql_date)',
    'opportunities': 'count(opportunity_date)',
    'customers': 'count(customer_date)',
}) }},

periods_and_cuts as (

    select
        period_grain,
        period_start,
        period_end,
        reporting_date,
        dimension,
        segment

    from cohort

    union

    select
        period_grain,
        period_start,
        period_end,
        reporting_date,
        dimension,
        segment

    from visits

),

final as (

    select
        periods_and_cuts.period_grain,
        periods_and_cuts.period_start,
        periods_and_cuts.period_end,
        periods_and_cuts.dimension,
        periods_and_cuts.segment,
        visits.visitor_count as visitors,
        cohort.leads,
        cohort.mqls,
        cohort.sqls,
        cohort.opportunities,
        cohort.customers,
        -- Without any contact nobody knows which visitor became one.
        case when (select count(*) from contacts) > 0 then visits.visitors_lost end
            as visitors_lost,
        cohort.leads - cohort.mqls as leads_lost,
        cohort.mqls - cohort.sqls as mqls_lost,
        cohort.sqls - cohort.opportunities as sqls_lost,
        cohort.opportunities - cohort.customers as opportunities_lost,
        periods_and_cuts.period_end > periods_and_cuts.reporting_date as is_provisional

    from periods_and_cuts

    left join visits
        on {{ same_segment('periods_and_cuts', 'visits') }}

    left join cohort
        on {{ same_segment('periods_and_cuts', 'cohort') }}

)

select * from final
