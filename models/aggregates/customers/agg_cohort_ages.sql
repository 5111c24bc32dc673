with mrr_months as (

    select
        *,
        cast(months_since_cohort as {{ dbt.type_string() }}) as months_since

    from {{ ref('fct_mrr_months') }}

),

{{ aggregated('mrr_months', {'months_since': 'months_since'}, {
    'begun': {
        'by': 'cohort_month',
        'counts': {
            'customer_count': 'count(customer_id)',
            'active_count': 'count(case when is_active then customer_id end)',
        },
        'sums': {
            'cohort_mrr_amount': 'sum(cohort_mrr_amount)',
            'mrr_amount': 'sum(mrr_amount)',
            'cohort_constant_mrr_amount': 'sum(cohort_constant_mrr_amount)',
            'constant_mrr_amount': 'sum(constant_mrr_amount)',
        },
        'dates': {
            'last_month': 'max(sliced.month_start)',
        },
    },
}, record=['customer', 'customer_id', 'fct_mrr_months']) }}

select * from final
