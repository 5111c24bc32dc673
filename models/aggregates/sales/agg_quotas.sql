-- The quota of a running period is the quota of all its months, future ones included.
with quotas as (

    select
        periods.period_grain,
        periods.period_start,
        quota_months.*

    from {{ ref('dim_periods') }} as periods

    inner join {{ ref('fct_quota_months') }} as quota_months
        on
            periods.period_start <= quota_months.month_start
            and periods.period_end >= quota_months.month_start

    where periods.period_grain in ({{ month_grains() }})

),

{{ aggregated('quotas', var('quota_cuts'), {
    'quota': {
        'parts': 'given',
        'sums': {
            'quota_amount': 'sum(quota_amount)',
        },
    },
}, has_next=true, record=['owner', 'owner_id', 'fct_quota_months']) }}

select * from final
