with first_won_deals as (

    select * from {{ ref('fct_deals') }} where is_first_won_deal

),

first_touches as (

    select * from {{ ref('fct_deal_credits') }} where touch_number = 1

),

{{ tracing_of('first_touches') }},

new_customers as (

    select
        first_won_deals.*,
        first_touches.is_marketing

    from first_won_deals

    left join first_touches
        on first_won_deals.deal_id = first_touches.deal_id

),

{{ aggregated('new_customers', var('spend_cuts'), {
    'won': {
        'by': 'closed_date',
        'counts': {
            'customer_count': 'count(deal_id)',
            'marketing_customer_count': 'count(case when is_marketing then deal_id end)',
        },
    },
}, record=['deal', 'deal_id', 'fct_deals']) }},

traced as (

    select
        final.*,
        tracing.is_traced

    from final

    cross join tracing

)

select * from traced
