with all_credits as (

    select * from {{ ref('fct_deal_credits') }} where is_won is not null

),

-- Marketing brought only the amounts that its touches are credited with.
credits as (

    select * from all_credits where is_won and is_marketing

),

{{ tracing_of('all_credits') }},

{{ aggregated('credits', var('credit_cuts'), {
    'attributed': {
        'by': 'closed_date',
        'counts': {
            'first_touch_count': 'count(case when first_touch_credit > 0 then deal_id end)',
            'last_touch_count': 'count(case when last_touch_credit > 0 then deal_id end)',
            'linear_count': 'count(deal_id)',
            'time_decay_count': 'count(case when time_decay_credit > 0 then deal_id end)',
            'position_based_count': 'count(deal_id)',
        },
        'amounts': {
            'first_touch_amount': ('first_touch_amount', 'first_touch_credit > 0'),
            'last_touch_amount': ('last_touch_amount', 'last_touch_credit > 0'),
            'linear_amount': ('linear_amount', 'true'),
            'time_decay_amount': ('time_decay_amount', 'time_decay_credit > 0'),
            'position_based_amount': ('position_based_amount', 'true'),
        },
    },
}, record=['deal', 'deal_id', 'fct_deal_credits']) }},

traced as (

    select
        final.*,
        tracing.is_traced

    from final

    cross join tracing

)

select * from traced
