with credits as (

    select * from {{ ref('fct_spend_credits') }}

),

{{ aggregated('credits', var('credit_cuts'), {
    'of_spend': {
        'by': 'spend_month',
        'counts': {
            'first_touch_of_spend_count':
                'count(distinct case when first_touch_credit > 0 then deal_id end)',
            'last_touch_of_spend_count':
                'count(distinct case when last_touch_credit > 0 then deal_id end)',
            'linear_of_spend_count': 'count(distinct deal_id)',
            'time_decay_of_spend_count':
                'count(distinct case when time_decay_credit > 0 then deal_id end)',
            'position_based_of_spend_count': 'count(distinct deal_id)',
        },
        'amounts': {
            'first_touch_of_spend_amount': ('first_touch_amount', 'first_touch_credit > 0'),
            'last_touch_of_spend_amount': ('last_touch_amount', 'last_touch_credit > 0'),
            'linear_of_spend_amount': ('linear_amount', 'true'),
            'time_decay_of_spend_amount': ('time_decay_amount', 'time_decay_credit > 0'),
            'position_based_of_spend_amount': ('position_based_amount', 'true'),
        },
    },
}, record=['deal', 'deal_id', 'fct_spend_credits']) }}

select * from final
