/*
Claim: in every period the denominator of the win rate is the won and the lost deals, counted one by
one between its first and its last day, and the numerator is the won deals.
Why it could break: a deal without an outcome that counts as lost, a period that lacks a month or
has one twice, a month cut at the wrong day.
Not checked: whether a deal is in the right stage; segments (assert_segments_add_up_to_all).
*/
with deals as (

    select * from {{ ref('fct_deals') }}

),

periods as (

    select *

    from {{ ref('dim_periods') }}

    where
        has_begun
        and period_grain in ({{ month_grains() }}, 'week')

),

counted as (

    select
        periods.period_grain,
        periods.period_start,
        count(case when deals.is_closed and deals.is_won then deals.deal_id end) as won_count,
        count(case when deals.is_closed and not deals.is_won then deals.deal_id end) as lost_count

    from periods

    left join deals
        on deals.closed_date between periods.period_start and periods.period_end

    group by
        periods.period_grain,
        periods.period_start

),

reported as (

    select
        period_grain,
        period_start,
        numerator,
        denominator

    from {{ ref('kpi_win_rate') }}

    where
        variant = 'count'
        and dimension = 'all'

)

select
    counted.*,
    reported.numerator,
    reported.denominator

from counted

left join reported
    on
        counted.period_grain = reported.period_grain
        and counted.period_start = reported.period_start

where
    counted.won_count != coalesce(reported.numerator, 0)
    or counted.won_count + counted.lost_count != coalesce(reported.denominator, 0)
