-- The balance at the end of a month is what the next one starts with.
with subscription_months as (

    select * from {{ ref('fct_subscription_months') }}

),

{{ aggregated('subscription_months', cuts_of('customer_cuts'), {
    'opening': {
        'by': 'next_month_start',
        'parts': 'first',
        'sums': {
            'opening_mrr_amount': 'sum(mrr_amount)',
        },
    },
}, record=['customer', 'customer_id', 'fct_subscription_months']) }}

select * from final
