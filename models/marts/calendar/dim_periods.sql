with period_months as (

    select * from {{ ref('dim_period_months') }}

),

reporting as (

    select * from {{ ref('int_reporting_date') }}

),

grains as (

    select
        period_grain,
        case period_grain
            when 'month' then 1
            when 'quarter' then 3
            when 'half_year' then 6
            else 12
        end as month_count

    from period_months

    group by period_grain

),

periods as (

    select distinct
        period_grain,
        period_start

    from period_months

),

dated as (

    select
        periods.period_grain,
        periods.period_start,
        cast(
            {{ dbt.dateadd(
                'day',
                '-1',
                dbt.dateadd('month', 'grains.month_count', 'periods.period_start')
            ) }} as date
        ) as period_end,
        cast(
            {{ dbt.dateadd('month', '(-1 * grains.month_count)', 'periods.period_start') }} as date
        ) as previous_period_start,
        cast({{ dbt.dateadd('month', '-12', 'periods.period_start') }} as date)
            as previous_year_start,
        reporting.reporting_date

    from periods

    inner join grains
        on periods.period_grain = grains.period_grain

    cross join reporting

),

final as (

    select
        period_grain,
        period_start,
        period_end,
        previous_period_start,
        previous_year_start,
        reporting_date,
        period_end <= reporting_date as is_over

    from dated

)

select * from final
