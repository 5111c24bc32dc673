-- Of a deal whose stage is in no pipeline nobody knows whether it was won.
with deals as (

    select * from {{ ref('fct_deals') }} where is_won is not null

),

{{ measured_by_period(
    'closed', 'deals', 'closed_date', var('deal_cuts'),
    {
        'cycle_count': 'count(case when is_won then cycle_days end)',
        'cycle_days': 'sum(case when is_won then cycle_days end)',
        'days_from_creation': 'sum(case when is_won then days_from_creation end)',
        'creation_count': 'count(case when is_won then days_from_creation end)',
    },
    {
        'median_cycle_days': 'percentile_cont(0.5) within group ('
            ~ 'order by case when is_won then cycle_days end)',
    },
) }},

final as (

    {{ kpi_rows('sales_cycle_length', 'mean', 'closed', 'cycle_days', 'cycle_count') }}

    union all

    {#- A median has no numerator; the denominator says how many deals it is the middle of. #}
    {{ kpi_rows(
        'sales_cycle_length', 'median', 'closed', none, 'cycle_count', value='median_cycle_days'
    ) }}

    union all

    {{ kpi_rows(
        'sales_cycle_length', 'from_creation', 'closed', 'days_from_creation', 'creation_count'
    ) }}

)

select * from final
