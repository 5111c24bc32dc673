with months as (

    select * from {{ ref('int_fiscal_months') }}

),

grains as (

    select
        'month' as period_grain,
        1 as month_count

    union all

    select
        'quarter' as period_grain,
        3 as month_count

    union all

    select
        'half_year' as period_grain,
        6 as month_count

    union all

    select
        'year' as period_grain,
        12 as month_count

),

-- A period of n months begins where the fiscal month number is a multiple of n.
started as (

    select
        grains.period_grain,
        cast(
            {{ dbt.dateadd(
                'month',
                '(-1 * cast(mod(months.fiscal_month_number, grains.month_count) as integer))',
                'months.month_start'
            ) }} as date
        ) as period_start,
        grains.month_count,
        months.month_start,
        months.reporting_date

    from months

    cross join grains

),

final as (

    select
        period_grain,
        period_start,
        cast(
            {{ dbt.dateadd(
                'day', '-1', dbt.dateadd('month', 'month_count', 'period_start')
            ) }} as date
        ) as period_end,
        cast({{ dbt.dateadd('month', '(-1 * month_count)', 'period_start') }} as date)
            as previous_period_start,
        cast({{ dbt.dateadd('month', '-12', 'period_start') }} as date) as previous_year_start,
        month_start,
        reporting_date

    from started

)

select * from final
