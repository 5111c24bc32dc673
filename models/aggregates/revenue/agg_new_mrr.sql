-- A customer is new where it is first paid for.
with arrivals as (

    select * from {{ ref('fct_mrr_movements') }} where movement = 'new'

),

{{ aggregated('arrivals', var('customer_cuts'), {
    'arrived': {
        'by': 'month_start',
        'counts': {
            'new_customer_count': 'count(distinct customer_id)',
        },
        'sums': {
            'new_mrr_amount': 'sum(movement_amount)',
        },
    },
}) }}

select * from final
