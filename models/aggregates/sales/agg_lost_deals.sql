with deals as (

    select * from {{ ref('fct_deals') }} where is_closed and not is_won

),

-- Without any reason nobody knows why deals are lost.
reasons as (

    select loss_reason from deals where loss_reason is not null

),

{{ aggregated('deals', cuts_of('loss_cuts'), {
    'lost': {
        'by': 'closed_date',
        'needs': ['reasons'],
        'counts': {
            'lost_count': 'count(deal_id)',
            'lost_priced_count': 'count(deal_amount)',
        },
        'amounts': {
            'lost_amount': ('deal_amount', 'true'),
        },
    },
}, has_weeks=true, record=['deal', 'deal_id', 'fct_deals']) }}

select * from final
