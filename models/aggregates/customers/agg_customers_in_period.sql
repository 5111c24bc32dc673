with in_period as (

    select * from {{ ref('fct_customer_periods') }} where was_active_in_period

),

{{ aggregated('in_period', cuts_of('customer_cuts'), {
    'counted': {
        'parts': 'given',
        'counts': {
            'customer_count': 'count(customer_id)',
            'lost_count': 'count(case when not is_active_at_end then customer_id end)',
        },
    },
}, record=['customer', 'customer_id', 'fct_customer_periods']) }}

select * from final
