with invoice_lines as (

    select * from {{ ref('agg_invoice_lines') }}

),

final as (

    {{ kpi_rows('arpa', 'standard', 'invoice_lines', 'revenue_amount', 'buyer_count') }}

)

select * from final
