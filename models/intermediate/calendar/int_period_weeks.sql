{#- What a company calendar numbers within its years; a half-year is two of its quarters. -#}
{%- set company_periods = {
    'company_month': 'month_number',
    'company_quarter': 'quarter_number',
    'company_half_year': 'floor((quarter_number + 1) / 2)',
    'company_year': '1',
} -%}
with weeks as (

    select * from {{ ref('int_weeks') }}

),

company_weeks as (

    select * from {{ ref('company_weeks') }}

),

numbered as (

    {%- for grain, number in company_periods.items() %}
    select
        '{{ grain }}' as period_grain,
        year_number,
        cast({{ number }} as integer) as period_number,
        week_start

    from company_weeks
    {% if not loop.last %}
    union all
    {% endif -%}
    {%- endfor %}

),

company_periods as (

    select
        period_grain,
        year_number,
        period_number,
        min(week_start) as period_start,
        cast({{ dbt.dateadd('day', 6, 'max(week_start)') }} as date) as period_end

    from numbered

    group by
        period_grain,
        year_number,
        period_number

),

compared as (

    select
        company_periods.*,
        lag(company_periods.period_start) over (
            partition by company_periods.period_grain order by company_periods.period_start
        ) as previous_period_start,
        last_year.period_start as previous_year_start

    from company_periods

    left join company_periods as last_year
        on
            company_periods.period_grain = last_year.period_grain
            and company_periods.year_number - 1 = last_year.year_number
            and company_periods.period_number = last_year.period_number

),

-- The week of a year before is the one of 52 weeks before: it has the same days of the week.
final as (

    select
        'week' as period_grain,
        week_start as period_start,
        week_end as period_end,
        cast({{ dbt.dateadd('day', -7, 'week_start') }} as date) as previous_period_start,
        cast({{ dbt.dateadd('day', -364, 'week_start') }} as date) as previous_year_start,
        week_start,
        reporting_date

    from weeks

    union all

    select
        compared.period_grain,
        compared.period_start,
        compared.period_end,
        compared.previous_period_start,
        compared.previous_year_start,
        weeks.week_start,
        weeks.reporting_date

    from compared

    inner join weeks
        on
            compared.period_start <= weeks.week_start
            and compared.period_end >= weeks.week_start

)

select * from final
