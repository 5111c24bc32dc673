-- Each customer is counted under the plan that it had twelve months before the period's end.
with a_year_ago as (

    select
        period_grain,
        period_start,
        customer_id,
        plan_12_months_ago as plan,
        {{ columns_of_cuts(cuts_of('customer_cuts'), without=['plan']) }}
        mrr_12_months_ago_amount as start_mrr_amount,
        end_mrr_amount,
        constant_mrr_12_months_ago_amount as start_constant_mrr_amount,
        end_constant_mrr_amount,
        is_active_at_end

    from {{ ref('fct_customer_periods') }}

    where mrr_12_months_ago_amount > 0

),

{{ aggregated('a_year_ago', cuts_of('customer_cuts'), {
    'counted': {
        'parts': 'given',
        'counts': {
            'customer_count': 'count(customer_id)',
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
            'grown_constant_mrr_amount':
                'sum(greatest(end_constant_mrr_amount - start_constant_mrr_amount, 0))',
        },
    },
}, record=['customer', 'customer_id', 'fct_customer_periods']) }}

select * from final
