with revenue_months as (

    select * from {{ ref('fct_customer_revenue_months') }}

),

{{ aggregated('revenue_months', cuts_of('customer_cuts'), {
    'balances': {
        'by': 'month_start',
        'parts': 'last',
        'counts': {
            'invoice_count_12_months': 'sum(invoice_count_12_months)',
            'buyer_count_12_months':
                'count(case when invoice_count_12_months > 0 then customer_id end)',
            'buyer_count_to_date':
                'count(case when invoice_count_to_date > 0 then customer_id end)',
            'earning_customer_count_12_months':
                'count(case when recognised_12_months_amount > 0 then customer_id end)',
            'earning_customer_count_to_date':
                'count(case when recognised_to_date_amount > 0 then customer_id end)',
        },
        'sums': {
            'invoiced_12_months_amount': 'sum(invoiced_12_months_amount)',
            'invoiced_to_date_amount': 'sum(invoiced_to_date_amount)',
            'recognised_12_months_amount': 'sum(recognised_12_months_amount)',
            'recognised_to_date_amount': 'sum(recognised_to_date_amount)',
        },
    },
}, record=['customer', 'customer_id', 'fct_customer_revenue_months']) }}

select * from final
