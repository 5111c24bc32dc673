-- It is unknown whether a deal was won if its stage is in no pipeline.
with deals as (

    select * from {{ ref('fct_deals') }} where is_won is not null

),

quotes as (

    select * from {{ ref('fct_quotes') }}

),

{{ aggregated('deals', cuts_of('deal_cuts'), {
    'closed': {
        'by': 'closed_date',
        'counts': {
            'closed_count': 'count(deal_id)',
            'won_count': 'count(case when is_won then deal_id end)',
            'won_priced_count': 'count(case when is_won then deal_amount end)',
            'new_customer_count': 'count(case when is_first_won_deal then deal_id end)',
            'cycle_count': 'count(case when is_won then cycle_days end)',
            'from_creation_count': 'count(case when is_won then days_from_creation end)',
        },
        'amounts': {
            'closed_amount': ('deal_amount', 'true'),
            'won_amount': ('deal_amount', 'is_won'),
        },
        'sums': {
            'cycle_days': 'sum(case when is_won then cycle_days end)',
            'days_from_creation': 'sum(case when is_won then days_from_creation end)',
        },
        'statistics': {
            'median_cycle_days':
                'percentile_cont(0.5) within group (order by case when is_won then cycle_days end)',
        },
    },
    'created': {
        'by': 'created_date',
        'counts': {
            'created_count': 'count(deal_id)',
            'created_won_count': 'count(case when is_won then deal_id end)',
        },
    },
    'quoted': {
        'by': 'first_quote_date',
        'needs': ['quotes'],
        'counts': {
            'quoted_count': 'count(deal_id)',
            'quoted_won_count': 'count(case when is_won then deal_id end)',
        },
    },
}, has_weeks=true, record=['deal', 'deal_id', 'fct_deals']) }}

select * from final
