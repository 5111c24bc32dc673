-- Reps with a quota in a period, who have reached it or not.
with months as (

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

-- A rep is one of the team of the last month with a quota. A quota of 0 is none, and who won
-- nothing but deals without an amount has neither reached the quota nor missed it.
reps as (

    select *

    from summed

    where
        place_from_end = 1
        and period_quota_amount > 0
        and period_won_amount is not null

),

{{ aggregated('reps', var('quota_cuts'), {
    'quota': {
        'parts': 'given',
        'counts': {
            'rep_count': 'count(owner_id)',
            'reached_count':
                'count(case when period_won_amount >= period_quota_amount then owner_id end)',
        },
    },
}, record=['owner', 'owner_id', 'fct_quota_months']) }}

select * from final
