-- A customer is new in the segments in which it first pays.
with arrivals as (

    select * from {{ ref('fct_mrr_movements') }} where movement = 'new'

),

{{ aggregated('arrivals', cuts_of('customer_cuts'), {
    'arrived': {
        'by': 'month_start',
        'counts': {
            'new_customer_count': 'count(distinct customer_id)',
        },
        'sums': {
            'new_mrr_amount': 'sum(movement_amount)',
        },
    },
}, record=['customer', 'customer_id', 'fct_mrr_movements']) }}

select * from final
