{#- Age is the only cut of cohorts: there is no other one to combine it with. -#}
{{ config(meta={'has_given_cuts': false}) }}
with ages as (

    select * from {{ ref('agg_cohort_ages') }}

),

today as (

    select * from {{ ref('agg_cohorts') }}

),

-- No row for an age that no customer of the cohort has reached.
cells as (

    select
        period_grain,
        period_start,
        period_end,
        reporting_date,
        dimension,
        segment,
        last_month,
        max(customer_count) over (partition by period_grain, period_start) as cohort_size,
        customer_count,
        active_count,
        cohort_mrr_amount,
        mrr_amount,
        cohort_constant_mrr_amount,
        constant_mrr_amount

    from ages

    where
        dimension = 'months_since'
        and customer_count > 0

    union all

    select
        period_grain,
        period_start,
        period_end,
        reporting_date,
        dimension,
        segment,
        cast(null as date) as last_month,
        customer_count as cohort_size,
        customer_count,
        active_count,
        cohort_mrr_amount,
        mrr_amount,
        cohort_constant_mrr_amount,
        constant_mrr_amount

    from today

),

-- Until all customers have reached that age, in a month that is over, and nobody can join.
cells_with_age as (

    select
        *,
        coalesce(customer_count < cohort_size, false)
        or period_end > reporting_date
        or coalesce(
            cast({{ dbt.last_day('last_month', 'month') }} as date) > reporting_date, false
        ) as is_young

    from cells

),

final as (

    {{ kpi_rows(
        'cohort_retention', 'customers', 'cells_with_age', 'active_count', 'customer_count',
        is_provisional='is_young'
    ) }}

    union all

    {{ kpi_rows(
        'cohort_retention', 'revenue', 'cells_with_age', 'constant_mrr_amount',
        'cohort_constant_mrr_amount', is_provisional='is_young'
    ) }}

    union all

    {{ kpi_rows(
        'cohort_retention', 'revenue_market', 'cells_with_age', 'mrr_amount', 'cohort_mrr_amount',
        is_provisional='is_young'
    ) }}

)

select * from final
