-- Which customer is new depends on the period, as in `agg_invoice_lines`.
with line_months as (

    select * from {{ ref('fct_invoice_line_months') }}

),

{{ aggregated('line_months', cuts_of('customer_cuts'), {
    'served': {
        'by': 'month_start',
        'sums': {
            'recognised_amount': 'sum(recognised_amount)',
            'new_customer_recognised_amount':
                'sum(case when first_purchase_date between period_months.period_start '
                ~ 'and period_months.period_end then recognised_amount else 0 end)',
        },
    },
    'balances': {
        'by': 'month_start',
        'parts': 'last',
        'sums': {
            'deferred_amount': 'sum(deferred_amount)',
        },
    },
}, record=['invoice', 'invoice_id', 'fct_invoice_line_months']) }}

select * from final
