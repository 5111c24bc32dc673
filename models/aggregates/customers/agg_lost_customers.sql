{#- Why they left is the only cut: the customers whom the rates divide by have none. -#}
{{ config(meta={'has_given_cuts': false}) }}
with lost as (

    select * from {{ ref('fct_customer_periods') }} where not is_active_at_end

),

-- Without any reason nobody knows why customers leave.
reasons as (

    select customer_id from lost where churn_reason is not null

),

{{ aggregated('lost', {'churn_reason': 'churn_reason'}, {
    'counted': {
        'parts': 'given',
        'needs': ['reasons'],
        'counts': {
            'lost_in_period_count': 'count(case when was_active_in_period then customer_id end)',
            'lost_since_start_count': 'count(case when was_active_at_start then customer_id end)',
        },
    },
}, record=['customer', 'customer_id', 'fct_customer_periods']) }}

select * from final
