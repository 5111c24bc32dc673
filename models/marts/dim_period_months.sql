with months as (

    select * from {{ ref('int_months') }}

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
final as (

    select
        grains.period_grain,
        cast(
            {{ dbt.dateadd(
                'month',
                '(-1 * cast(mod(months.fiscal_month_number, grains.month_count) as integer))',
                'months.month_start'
            ) }} as date
        ) as period_start,
        months.month_start

    from months

    cross join grains

)

select * from final
