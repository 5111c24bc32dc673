with spine as (

    {{ spine_of(
        'week',
        week_of("cast('" ~ var('calendar_start') ~ "' as date)"),
        dbt.dateadd('day', 7, "cast('" ~ var('calendar_end') ~ "' as date)")
    ) }}

),

months as (

    select
        reporting_date,
        min(month_start) as first_day,
        cast({{ dbt.last_day('max(month_start)', 'month') }} as date) as last_day

    from {{ ref('int_fiscal_months') }}

    group by reporting_date

),

weeks as (

    select
        cast(date_week as date) as week_start,
        cast({{ dbt.dateadd('day', 6, 'date_week') }} as date) as week_end

    from spine

),

final as (

    select
        weeks.week_start,
        weeks.week_end,
        months.reporting_date

    from weeks

    inner join months
        on
            weeks.week_end >= months.first_day
            and weeks.week_start <= months.last_day

)

select * from final
