-- Months of the quotas of reps, future ones of a period that runs included.
with months as (

    select
        periods.period_grain,
        periods.period_start,
        quota_months.month_start <= periods.reporting_date as is_begun,
        quota_months.*

    from {{ ref('dim_periods') }} as periods

    inner join {{ ref('fct_quota_months') }} as quota_months
        on
            periods.period_start <= quota_months.month_start
            and periods.period_end >= quota_months.month_start

    where periods.period_grain in ({{ month_grains() }})

),

summed as (

    select
        *,
        sum(quota_amount) over (
            partition by period_grain, period_start, owner_id
        ) as period_quota_amount,
        sum(won_amount) over (
            partition by period_grain, period_start, owner_id
        ) as period_won_amount,
        row_number() over (
            partition by period_grain, period_start, owner_id
            order by month_start desc
        ) as place_from_end

    from months

),

-- A rep counts once, in the team of the last month with a quota. A quota of 0 is none, and who won
-- nothing but deals without an amount has neither reached the quota nor missed it.
quotas as (

    select
        *,
        place_from_end = 1
        and period_quota_amount > 0
        and period_won_amount is not null as is_rep,
        place_from_end = 1
        and period_quota_amount > 0
        and period_won_amount >= period_quota_amount as has_reached

    from summed

),

-- If it is unknown what any rep won, it is unknown who has reached a quota.
wins as (

    select * from quotas where won_amount is not null

),

{{ aggregated('quotas', var('quota_cuts'), {
    'reps': {
        'parts': 'given',
        'needs': ['wins'],
        'counts': {
            'rep_count': 'count(case when is_rep then owner_id end)',
            'reached_count': 'count(case when has_reached then owner_id end)',
        },
    },
    'quota': {
        'parts': 'given',
        'counts': {
            'rep_month_count': 'count(case when is_begun then owner_id end)',
        },
        'sums': {
            'quota_amount': 'sum(quota_amount)',
        },
        'amounts': {
            'won_amount': ('won_amount', 'true'),
            'ramped_rep_months': ('ramp_share', 'is_begun'),
        },
    },
}, record=['owner', 'owner_id', 'fct_quota_months']) }}

select * from final
