with buyers as (

    select * from {{ ref('fct_customer_invoice_periods') }} where purchase_count > 0

),

{{ aggregated('buyers', cuts_of('invoice_cuts'), {
    'purchased': {
        'parts': 'given',
        'counts': {
            'buyer_count': 'count(customer_id)',
            'returning_buyer_count':
                'count(case when has_purchased_before then customer_id end)',
        },
    },
}, record=['customer', 'customer_id', 'fct_customer_invoice_periods']) }}

select * from final
