with invoices as (

    select * from {{ ref('fct_invoices') }}

),

{{ measured_by_period('invoiced', 'invoices', 'issued_date', var('invoice_cuts'), {
    'purchase_count': 'count(case when is_purchase then invoice_id end)',
    'customer_count': 'count(distinct case when is_purchase then customer_id end)',
}) }},

final as (

    {{ kpi_rows(
        'purchase_frequency', 'standard', 'invoiced', 'purchase_count', 'customer_count'
    ) }}

)

select * from final
