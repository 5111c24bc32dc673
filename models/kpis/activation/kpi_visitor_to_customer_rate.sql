{%- set horizon = var('cohort_horizon_days') -%}
with sessions as (

    select * from {{ ref('fct_web_sessions') }}

),

-- Who was a customer before the first visit was not won by it.
visitors as (

    select
        *,
        case when customer_date >= first_visit_date then customer_date end as converted_date,
        {{ dbt.datediff('first_visit_date', 'customer_date', 'day') }}
            as conversion_days

    from {{ ref('fct_visitors') }}

),

{{ measured_by_period('cohort', 'visitors', 'first_visit_date', var('visit_cuts'), {
    'visitor_count': 'count(visitor_id)',
    'customer_count': 'count(converted_date)',
    'customer_count_in_horizon':
        'count(case when conversion_days between 0 and ' ~ horizon ~ ' then visitor_id end)',
}) }},

{{ measured_by_period('entries', 'visitors', 'converted_date', var('visit_cuts'), {
    'customer_count': 'count(visitor_id)',
}) }},

{{ measured_by_period('visits', 'sessions', 'started_date', var('visit_cuts'), {
    'visitor_count': 'count(distinct visitor_id)',
}) }},

period as (

    select
        visits.period_grain,
        visits.period_start,
        visits.period_end,
        visits.reporting_date,
        visits.dimension,
        visits.segment,
        visits.visitor_count,
        case when visits.visitor_count is not null then coalesce(entries.customer_count, 0) end
            as customer_count

    from visits

    left join entries
        on
            visits.period_grain = entries.period_grain
            and visits.period_start = entries.period_start
            and visits.dimension = entries.dimension
            and visits.segment = entries.segment

),

final as (

    {{ kpi_rows(
        'visitor_to_customer_rate', 'cohort', 'cohort', 'customer_count', 'visitor_count'
    ) }}

    union all

    {{ kpi_rows(
        'visitor_to_customer_rate', 'cohort_90_days', 'cohort', 'customer_count_in_horizon',
        'visitor_count', horizon_days=horizon
    ) }}

    union all

    {{ kpi_rows(
        'visitor_to_customer_rate', 'period', 'period', 'customer_count', 'visitor_count'
    ) }}

)

select * from final
