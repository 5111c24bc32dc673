with deals as (

    select * from {{ ref('agg_created_deals') }}

),

final as (

    {{ kpi_rows('pipeline_created', 'amount', 'deals', 'created_amount') }}

    union all

    {{ kpi_rows('pipeline_created', 'deals', 'deals', 'deal_count') }}

    union all

    {{ kpi_rows('pipeline_created', 'amount_at_creation', 'deals', 'initial_amount') }}

)

select * from final
