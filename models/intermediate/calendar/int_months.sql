with spine as (

    {{ dbt.date_spine(
        'month',
        "cast('" ~ var('calendar_start') ~ "' as date)",
        "cast('" ~ var('calendar_end') ~ "' as date)"
    ) }}

),

reporting as (

    select
        reporting_date,
        cast({{ dbt.date_trunc('month', 'first_date') }} as date) as first_month

    from {{ ref('int_reporting_date') }}

),

months as (

    select cast(date_month as date) as month_start

    from spine

),

final as (

    select
        months.month_start,
        extract(year from months.month_start) * 12
        + extract(month from months.month_start)
        - {{ var('fiscal_year_start_month') }} as fiscal_month_number,
        -- A balance is that of the month's last day, and never of a day after the report.
        least(
            cast({{ dbt.last_day('months.month_start', 'month') }} as date),
            reporting.reporting_date
        ) as balance_date,
        reporting.reporting_date

    from months

    cross join reporting

    where
        months.month_start >= reporting.first_month
        and months.month_start <= reporting.reporting_date

)

select * from final
