{{ config(meta={'has_given_cuts': false}) }}

with period_months as (

    select
        *,
        cast({{ dbt.dateadd('month', -1 * var('cac_lag_months'), 'month_start') }} as date)
            as spending_month

    from {{ ref('dim_period_months') }}

),

coverage as (

    select * from {{ ref('fct_cost_coverage') }}

),

counted as (

    select
        period_months.period_grain,
        period_months.period_start,
        count(*) as month_count,
        min(case when coverage.are_books_known then 1 else 0 end) = 1 as are_books_known,
        min(case when coverage.is_media_known then 1 else 0 end) = 1 as is_media_known,
        min(case when spending_months.are_books_known then 1 else 0 end) = 1
            as are_lagged_books_known,
        min(case when spending_months.is_media_known then 1 else 0 end) = 1
            as is_lagged_media_known

    from period_months

    left join coverage
        on period_months.month_start = coverage.month_start

    left join coverage as spending_months
        on period_months.spending_month = spending_months.month_start

    group by
        period_months.period_grain,
        period_months.period_start

),

final as (

    select
        *,
        {{ why_costs_are_not_known('are_books_known') }} as books_null_reason,
        {{ why_costs_are_not_known('is_media_known') }} as media_null_reason,
        {{ why_costs_are_not_known('are_lagged_books_known') }} as lagged_books_null_reason,
        {{ why_costs_are_not_known('is_lagged_media_known') }} as lagged_media_null_reason

    from counted

)

select * from final
