with periods as (

    select
        period_grain,
        period_start,
        period_end,
        previous_period_start,
        previous_year_start,
        reporting_date

    from {{ ref('int_period_months') }}

    union

    select
        period_grain,
        period_start,
        period_end,
        previous_period_start,
        previous_year_start,
        reporting_date

    from {{ ref('int_period_weeks') }}

),

final as (

    select
        period_grain,
        period_start,
        period_end,
        previous_period_start,
        previous_year_start,
        reporting_date,
        period_start <= reporting_date as has_begun,
        period_end <= reporting_date as is_over,
        coalesce(
            period_start = max(case when period_end <= reporting_date then period_start end)
                over (partition by period_grain),
            false
        ) as is_latest_whole,
        coalesce(
            period_start = min(case when period_start > reporting_date then period_start end)
                over (partition by period_grain),
            false
        ) as is_next

    from periods

)

select * from final
