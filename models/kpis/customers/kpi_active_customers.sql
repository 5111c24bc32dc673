with mrr_months as (

    select * from {{ ref('agg_mrr_months') }}

),

final as (

    {{ kpi_rows('active_customers', 'standard', 'mrr_months', 'active_customer_count') }}

)

select * from final
