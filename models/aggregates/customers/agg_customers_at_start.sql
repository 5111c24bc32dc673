-- Each customer is counted under the plan that it had at the start.
with at_start as (

    select
        period_grain,
        period_start,
        customer_id,
        start_plan as plan,
        {{ columns_of_cuts(cuts_of('customer_cuts'), without=['plan']) }}
        start_mrr_amount,
        end_mrr_amount,
        start_constant_mrr_amount,
        end_constant_mrr_amount,
        is_active_at_end,
        is_churn_involuntary

    from {{ ref('fct_customer_periods') }}

    where was_active_at_start

),

-- Without any failed payment nobody knows whether sources tell them.
causes as (

    select customer_id from at_start where is_churn_involuntary is not null

),

{{ aggregated('at_start', cuts_of('customer_cuts'), {
    'counted': {
        'parts': 'given',
        'counts': {
            'customer_count': 'count(customer_id)',
            'lost_count': 'count(case when not is_active_at_end then customer_id end)',
            'kept_count': 'count(case when is_active_at_end then customer_id end)',
        },
        'sums': {
            'start_mrr_amount': 'sum(start_mrr_amount)',
            'end_mrr_amount': 'sum(end_mrr_amount)',
            'capped_end_mrr_amount': 'sum(least(end_mrr_amount, start_mrr_amount))',
            'start_constant_mrr_amount': 'sum(start_constant_mrr_amount)',
            'end_constant_mrr_amount': 'sum(end_constant_mrr_amount)',
            'capped_end_constant_mrr_amount':
                'sum(least(end_constant_mrr_amount, start_constant_mrr_amount))',
        },
    },
    'judged': {
        'parts': 'given',
        'needs': ['causes'],
        'counts': {
            'involuntary_count':
                'count(case when not is_active_at_end and is_churn_involuntary '
                ~ 'then customer_id end)',
        },
    },
}, record=['customer', 'customer_id', 'fct_customer_periods']) }}

select * from final
