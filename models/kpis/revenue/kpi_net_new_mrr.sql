with movements as (

    select * from {{ ref('agg_mrr_movements') }}

),

final as (

    {{ kpi_rows('net_new_mrr', 'standard', 'movements', 'net_amount') }}

)

select * from final
