with movements as (

    select * from {{ ref('agg_mrr_gains_and_losses') }}

),

final as (

    {{ kpi_rows('quick_ratio', 'standard', 'movements', 'gained_amount', 'lost_amount') }}

)

select * from final
