-- Where the cohort stands now, whatever the age of its customers.
with now as (

    select mrr_months.*

    from {{ ref('fct_mrr_months') }} as mrr_months

    inner join {{ ref('dim_periods') }} as periods
        on
            periods.period_grain = 'month'
            and mrr_months.month_start = periods.period_start
            and periods.reporting_date between periods.period_start and periods.period_end

),

{{ aggregated('now', {}, {
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
    },
}, record=['customer', 'customer_id', 'fct_mrr_months']) }}

select * from final
