with invoice_lines as (

    select * from {{ ref('fct_invoice_lines') }}

),

{{ measured_by_period('invoiced', 'invoice_lines', 'issued_date', var('customer_cuts'), {
    'revenue_amount': 'sum(line_amount)',
    'account_count': 'count(distinct case when is_purchase then customer_id end)',
}) }},

final as (

    {{ kpi_rows('arpa', 'standard', 'invoiced', 'revenue_amount', 'account_count') }}

)

select * from final
