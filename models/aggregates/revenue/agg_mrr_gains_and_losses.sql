-- Not cut by plan: the two sides of a change of plan would be a gain and a loss.
with movements as (

    select * from {{ ref('fct_mrr_movements') }}

),

{{ aggregated('movements', cuts_of('gain_and_loss_cuts'), {
    'moved': {
        'by': 'month_start',
        'sums': {
            'gained_amount':
                "sum(case when movement in ('new', 'expansion', 'reactivation') "
                ~ 'then movement_amount else 0 end)',
            'expansion_amount':
                "sum(case when movement = 'expansion' then movement_amount else 0 end)",
            'reactivation_amount':
                "sum(case when movement = 'reactivation' then movement_amount else 0 end)",
            'lost_amount':
                "-1 * sum(case when movement in ('churn', 'contraction') "
                ~ 'then movement_amount else 0 end)',
        },
    },
}, record=['customer', 'customer_id', 'fct_mrr_movements']) }}

select * from final
