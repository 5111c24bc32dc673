-- From the month in which the calendar begins to the one in which it ends: a spine leaves its last
-- month out.
with spine as (

    {{ spine_of(
        'month',
        dbt.date_trunc('month', "cast('" ~ var('calendar_start') ~ "' as date)"),
        dbt.dateadd('month', 1, "cast('" ~ var('calendar_end') ~ "' as date)")
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

numbered as (

    select
        months.month_start,
        extract(year from months.month_start) * 12
        + extract(month from months.month_start)
        - {{ var('fiscal_year_start_month') }} as fiscal_month_number,
        reporting.reporting_date,
        reporting.first_month

    from months

    cross join reporting

),

running as (

    select max(fiscal_month_number) as fiscal_month_number

    from numbered

    where month_start <= reporting_date

),

final as (

    select
        numbered.month_start,
        numbered.fiscal_month_number,
        numbered.reporting_date

    from numbered

    cross join running

    where
        numbered.month_start >= numbered.first_month
        and numbered.fiscal_month_number
        < running.fiscal_month_number - mod(running.fiscal_month_number, 12) + 24

)

select * from final
