with won_deals as (

    select * from {{ ref('fct_deals') }} where is_won

),

{{ aggregated('won_deals', var('quota_cuts'), {
    'won': {
        'by': 'closed_date',
        'counts': {
            'won_count': 'count(deal_id)',
        },
        'amounts': {
            'won_amount': ('deal_amount', 'true'),
        },
    },
}, has_next=true, record=['deal', 'deal_id', 'fct_deals']) }}

select * from final
