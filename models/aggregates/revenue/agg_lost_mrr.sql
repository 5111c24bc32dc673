{#- Why it was lost is the only cut: the balance that the rate divides by has none. -#}
{{ config(meta={'has_given_cuts': false}) }}
-- Customers who pay less are still there: they have no reason for leaving.
with losses as (

    select
        customer_id,
        month_start,
        movement,
        movement_amount,
        case when movement = 'contraction' then '(contraction)' else churn_reason end
            as churn_reason

    from {{ ref('fct_mrr_movements') }}

    where movement in ('churn', 'contraction')

),

-- Without any reason nobody knows why customers leave.
reasons as (

    select churn_reason

    from losses

    where
        movement = 'churn'
        and churn_reason is not null

),

{{ aggregated('losses', {'churn_reason': 'churn_reason'}, {
    'lost': {
        'by': 'month_start',
        'needs': ['reasons'],
        'sums': {
            'lost_amount': 'sum(-1 * movement_amount)',
            'churn_amount': "sum(case when movement = 'churn' then movement_amount else 0 end)",
        },
    },
}, record=['customer', 'customer_id', 'fct_mrr_movements']) }}

select * from final
