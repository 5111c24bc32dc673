/*
Claim: customers and recurring revenue that were lost, as customer_churn_rate (active_at_start) and
the churn of mrr_movements count them, are those whose payment failed, as involuntary_churn_rate
counts them, and those who left as they wanted, counted here from the marts: in each period and
segment.
Why it could break: a departure judged in one population and counted in another, a customer under
the plan of its end, a loss that is no churn.
Not checked: which cause a departure has, and anything where no failed payment is told.
*/
with customer_periods as (

    select * from {{ ref('fct_customer_periods') }}

),

movements as (

    select
        periods.period_grain,
        periods.period_start,
        movements.*

    from {{ ref('fct_mrr_movements') }} as movements

    inner join {{ ref('dim_period_months') }} as periods
        on movements.month_start = periods.month_start

),

{# Variant, relation, whose rows count, what is counted, and the cut. #}
wanted_to_leave as (

    {%- set stays_out = 'was_active_at_start and not is_active_at_end' %}
    {%- set left_amount = '-1 * sum(movement_amount)' %}
    {%- for variant, relation, are_lost, lost, dimension, segment in [
        ('customers', 'customer_periods', stays_out, 'count(customer_id)', 'all', "'all'"),
        ('customers', 'customer_periods', stays_out, 'count(customer_id)', 'plan', 'start_plan'),
        ('mrr', 'movements', "movement = 'churn'", left_amount, 'all', "'all'"),
        ('mrr', 'movements', "movement = 'churn'", left_amount, 'country', 'country'),
    ] %}

    select
        period_grain,
        period_start,
        '{{ variant }}' as variant,
        '{{ dimension }}' as dimension,
        coalesce({{ segment }}, '(none)') as segment,
        {{ lost }} as lost

    from {{ relation }}

    where
        {{ are_lost }}
        and not is_churn_involuntary

    group by
        period_grain,
        period_start,
        coalesce({{ segment }}, '(none)')
    {%- if not loop.last %}

    union all
    {%- endif %}
    {%- endfor %}

),

churned as (

    select
        'customers' as variant,
        period_grain,
        period_start,
        dimension,
        segment,
        numerator as lost

    from {{ ref('kpi_customer_churn_rate') }}

    where
        variant = 'active_at_start'
        and dimension in ('all', 'plan')

    union all

    select
        'mrr' as variant,
        period_grain,
        period_start,
        dimension,
        segment,
        -1 * numerator as lost

    from {{ ref('kpi_mrr_movements') }}

    where
        variant = 'churn'
        and dimension in ('all', 'country')

),

added_up as (

    select
        churned.*,
        involuntary.numerator as involuntary,
        coalesce(wanted_to_leave.lost, 0) as voluntary

    from churned

    inner join {{ ref('kpi_involuntary_churn_rate') }} as involuntary
        on
            churned.variant = involuntary.variant
            and churned.period_grain = involuntary.period_grain
            and churned.period_start = involuntary.period_start
            and churned.dimension = involuntary.dimension
            and churned.segment = involuntary.segment

    left join wanted_to_leave
        on
            churned.variant = wanted_to_leave.variant
            and churned.period_grain = wanted_to_leave.period_grain
            and churned.period_start = wanted_to_leave.period_start
            and churned.dimension = wanted_to_leave.dimension
            and churned.segment = wanted_to_leave.segment

)

select *

from added_up

where
    involuntary is not null
    and abs(lost - involuntary - voluntary) > 0.000001
