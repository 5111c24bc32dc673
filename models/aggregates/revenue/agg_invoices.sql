with invoices as (

    select * from {{ ref('fct_invoices') }}

),

{{ aggregated('invoices', var('invoice_cuts'), {
    'invoiced': {
        'by': 'issued_date',
        'counts': {
            'purchase_count': 'count(case when is_purchase then invoice_id end)',
            'buyer_count': 'count(distinct case when is_purchase then customer_id end)',
        },
        'sums': {
            'revenue_amount': 'sum(invoice_amount)',
        },
    },
}) }}

select * from final
