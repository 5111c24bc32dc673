with deals as (

    select * from {{ ref('agg_deals') }}

),

final as (

    {{ kpi_rows('win_rate', 'count', 'deals', 'won_count', 'closed_count') }}

    union all

    {{ kpi_rows('win_rate', 'value', 'deals', 'won_amount', 'closed_amount') }}

    union all

    {{ kpi_rows('win_rate', 'created_cohort', 'deals', 'created_won_count', 'created_count') }}

)

select * from final
