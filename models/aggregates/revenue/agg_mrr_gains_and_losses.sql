-- The two sides of a change of plan are no gain and no loss: net changes are summed.
with movements as (

    select * from {{ ref('fct_mrr_movements') }}

),

-- Without any failed payment nobody knows whether sources tell them.
causes as (

    select customer_id from movements where is_churn_involuntary is not null

),

{{ aggregated('movements', cuts_of('customer_cuts'), {
    'moved': {
        'by': 'month_start',
        'sums': {
            'gained_amount':
                "sum(case when movement in ('new', 'expansion', 'reactivation') "
                ~ 'then net_change_amount else 0 end)',
            'expansion_amount':
                "sum(case when movement = 'expansion' then net_change_amount else 0 end)",
            'reactivation_amount':
                "sum(case when movement = 'reactivation' then net_change_amount else 0 end)",
            'lost_amount':
                "-1 * sum(case when movement in ('churn', 'contraction') "
                ~ 'then net_change_amount else 0 end)',
        },
    },
    'judged': {
        'by': 'month_start',
        'needs': ['causes'],
        'sums': {
            'involuntary_amount':
                "-1 * sum(case when movement = 'churn' and is_churn_involuntary "
                ~ 'then net_change_amount else 0 end)',
        },
    },
}, record=['customer', 'customer_id', 'fct_mrr_movements']) }}

select * from final
