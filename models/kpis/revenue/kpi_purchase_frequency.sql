with invoices as (

    select * from {{ ref('agg_invoices') }}

),

final as (

    {{ kpi_rows('purchase_frequency', 'standard', 'invoices', 'purchase_count', 'buyer_count') }}

)

select * from final
