with movements as (

    select * from {{ ref('fct_mrr_movements') }}

),

{{ aggregated('movements', cuts_of('customer_cuts'), {
    'moved': {
        'by': 'month_start',
        'sums': {
            'net_amount': 'sum(movement_amount)',
        },
    },
}, record=['customer', 'customer_id', 'fct_mrr_movements']) }}

select * from final
