with mrr_movements as (

    select * from {{ ref('fct_mrr_movements') }}

),

{{ measured_by_period('moved', 'mrr_movements', 'month_start', var('customer_cuts'), {
    'net_amount': 'sum(movement_amount)',
}) }},

final as (

    {{ kpi_rows('net_new_mrr', 'standard', 'moved', 'net_amount') }}

)

select * from final
