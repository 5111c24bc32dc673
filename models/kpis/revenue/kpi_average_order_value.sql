with invoices as (

    select * from {{ ref('fct_invoices') }}

),

{{ measured_by_period('invoiced', 'invoices', 'issued_date', var('invoice_cuts'), {
    'revenue_amount': 'sum(invoice_amount)',
    'purchase_count': 'count(case when is_purchase then invoice_id end)',
}) }},

final as (

    {{ kpi_rows(
        'average_order_value', 'standard', 'invoiced', 'revenue_amount', 'purchase_count'
    ) }}

)

select * from final
