with deals as (

    select * from {{ ref('agg_deals') }}

),

maturity as (

    select * from {{ ref('agg_conversion_days') }}

),

final as (

    {{ kpi_rows('win_rate', 'count', 'deals', 'won_count', 'closed_count') }}

    union all

    {{ kpi_rows('win_rate', 'value', 'deals', 'won_amount', 'closed_amount') }}

    union all

    {{ kpi_rows(
        'win_rate', 'created_cohort', 'deals', 'created_won_count', 'created_count',
        conversion='created_to_won'
    ) }}

)

select * from final
