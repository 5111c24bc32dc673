with revenue_months as (

    select * from {{ ref('fct_customer_revenue_months') }}

),

{{ aggregated('revenue_months', var('customer_cuts'), {
    'invoiced': {
        'by': 'month_start',
        'parts': 'last',
        'counts': {
            'invoice_count_12_months': 'sum(invoice_count_12_months)',
            'buyer_count_12_months':
                'count(case when invoice_count_12_months > 0 then customer_id end)',
            'buyer_count_to_date':
                'count(case when invoice_count_to_date > 0 then customer_id end)',
        },
        'sums': {
            'revenue_12_months_amount': 'sum(revenue_12_months_amount)',
            'revenue_to_date_amount': 'sum(revenue_to_date_amount)',
        },
    },
}) }}

select * from final
