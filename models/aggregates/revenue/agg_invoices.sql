-- Each customer counts under the plan that it has at the period's end, with all its invoices.
with invoice_periods as (

    select * from {{ ref('fct_customer_invoice_periods') }}

),

{{ aggregated('invoice_periods', cuts_of('invoice_cuts'), {
    'invoiced': {
        'parts': 'given',
        'counts': {
            'purchase_count': 'sum(purchase_count)',
            'buyer_count': 'count(case when purchase_count > 0 then customer_id end)',
        },
        'sums': {
            'revenue_amount': 'sum(revenue_amount)',
        },
    },
}, record=['customer', 'customer_id', 'fct_customer_invoice_periods']) }}

select * from final
