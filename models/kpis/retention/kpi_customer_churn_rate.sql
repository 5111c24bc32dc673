with in_period as (

    select * from {{ ref('fct_customer_periods') }} where was_active_in_period

),

-- Who was there at the start is counted under the plan that it had then.
at_start as (

    select
        period_grain,
        period_start,
        customer_id,
        start_plan as plan,
        industry,
        country,
        channel,
        is_active_at_end

    from {{ ref('fct_customer_periods') }}

    where was_active_at_start

),

{{ measured_by_period('during', 'in_period', none, var('customer_cuts'), {
    'customer_count': 'count(customer_id)',
    'lost_count': 'count(case when not is_active_at_end then customer_id end)',
}, months='given') }},

{{ measured_by_period('starting', 'at_start', none, var('customer_cuts'), {
    'customer_count': 'count(customer_id)',
    'lost_count': 'count(case when not is_active_at_end then customer_id end)',
}, months='given') }},

final as (

    {{ kpi_rows(
        'customer_churn_rate', 'active_in_period', 'during', 'lost_count', 'customer_count'
    ) }}

    union all

    {{ kpi_rows(
        'customer_churn_rate', 'active_at_start', 'starting', 'lost_count', 'customer_count'
    ) }}

)

select * from final
