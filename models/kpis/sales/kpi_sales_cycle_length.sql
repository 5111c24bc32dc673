with deals as (

    select * from {{ ref('agg_deals') }}

),

final as (

    {{ kpi_rows('sales_cycle_length', 'mean', 'deals', 'cycle_days', 'cycle_count') }}

    union all

    {#- A median has no numerator; the denominator says how many deals it is the middle of. #}
    {{ kpi_rows(
        'sales_cycle_length', 'median', 'deals', none, 'cycle_count', value='median_cycle_days',
        null_reason="case when cycle_count = 0 then 'too_few' end"
    ) }}

    union all

    {{ kpi_rows(
        'sales_cycle_length', 'from_creation', 'deals', 'days_from_creation', 'from_creation_count'
    ) }}

)

select * from final
