with subscription_months as (

    select * from {{ ref('fct_subscription_months') }}

),

{{ aggregated('subscription_months', cuts_of('customer_cuts'), {
    'balances': {
        'by': 'month_start',
        'parts': 'last',
        'sums': {
            'mrr_amount': 'sum(mrr_amount)',
            'list_mrr_amount': 'sum(list_mrr_amount)',
            'seat_count': 'sum(seat_count)',
        },
    },
}, record=['customer', 'customer_id', 'fct_subscription_months']) }}

select * from final
