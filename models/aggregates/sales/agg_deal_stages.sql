with deal_stages as (

    select * from {{ ref('fct_deal_stages') }}

),

{{ aggregated('deal_stages', cuts_of('stage_cuts'), {
    'entered': {
        'by': 'entered_date',
        'counts': {
            'entered_count': 'count(deal_id)',
            'went_on_count': 'count(went_on_date)',
            'went_on_in_horizon_count':
                'count(case when went_on_days <= ' ~ var('cohort_horizon_days')
                ~ ' then deal_id end)',
        },
    },
    'gone_on': {
        'by': 'went_on_date',
        'counts': {
            'gone_on_count': 'count(deal_id)',
        },
    },
    'own_entered': {
        'by': 'own_entered_date',
        'counts': {
            'strict_entered_count': 'count(deal_id)',
            'strict_went_on_count': 'count(own_went_on_date)',
        },
    },
    'gone': {
        'by': 'left_date',
        'counts': {
            'left_count': 'count(deal_id)',
        },
        'sums': {
            'stayed_days': 'sum(stayed_days)',
        },
        'statistics': {
            'median_stayed_days': 'percentile_cont(0.5) within group (order by stayed_days)',
        },
    },
}, has_weeks=true, record=['deal', 'deal_id', 'fct_deal_stages']) }}

select * from final
