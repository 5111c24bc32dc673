with mrr_months as (

    select * from {{ ref('fct_mrr_months') }}

),

{{ aggregated('mrr_months', cuts_of('customer_cuts'), {
    'balances': {
        'by': 'month_start',
        'parts': 'last',
        'counts': {
            'customer_count': 'count(customer_id)',
            'active_customer_count': 'count(case when is_active then customer_id end)',
            'lived_month_count': 'sum(active_month_count)',
        },
        'sums': {
            'mrr_amount': 'sum(mrr_amount)',
        },
        'statistics': {
            'largest_mrr_amount': 'max(mrr_amount)',
            'largest_5_mrr_amount': sum_of_largest('mrr_amount', 5),
            'largest_10_mrr_amount': sum_of_largest('mrr_amount', 10),
        },
    },
    'earned': {
        'by': 'month_start',
        'sums': {
            'summed_mrr_amount': 'sum(mrr_amount)',
        },
    },
}, record=['customer', 'customer_id', 'fct_mrr_months']) }}

select * from final
