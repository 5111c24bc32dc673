-- Only months that are reported: a balance of the running year is that of its latest month.
with period_months as (

    select * from {{ ref('int_period_months') }} where month_start <= reporting_date

),

final as (

    select
        period_grain,
        period_start,
        period_end,
        month_start,
        month_start = min(month_start) over (partition by period_grain, period_start)
            as is_first_month,
        month_start = max(month_start) over (partition by period_grain, period_start)
            as is_last_month

    from period_months

)

select * from final
