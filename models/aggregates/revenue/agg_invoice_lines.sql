-- Which customer is new depends on the period: a customer of January is new in the year and not in
-- February.
with invoice_lines as (

    select * from {{ ref('fct_invoice_lines') }}

),

{{ aggregated('invoice_lines', cuts_of('customer_cuts'), {
    'invoiced': {
        'by': 'issued_date',
        'counts': {
            'buyer_count': 'count(distinct case when is_purchase then customer_id end)',
        },
        'sums': {
            'revenue_amount': 'sum(line_amount)',
            'new_customer_revenue_amount':
                'sum(case when first_purchase_date between period_months.period_start '
                ~ 'and period_months.period_end then line_amount else 0 end)',
        },
    },
}, record=['invoice', 'invoice_id', 'fct_invoice_lines']) }}

select * from final
