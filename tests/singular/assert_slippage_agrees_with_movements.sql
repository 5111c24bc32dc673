/*
Claim: in total, what was due at the start of a period and what was pushed out of it are the
movements `start` and `pushed_out` of the deals that are due in the period, as known.
Why it could break: a deal that is due in one of the two alone, an amount of another day, a push
that one of them takes for a loss.
Not checked: owners and teams, who have the start of their own deals here, and there what they took
over; periods of which no history tells how dates moved.
*/
with kpi_values as (

    select * from {{ ref('kpi_values') }}

),

slippage as (

    select
        period_grain,
        period_start,
        numerator,
        denominator

    from kpi_values

    where
        kpi = 'slippage_rate'
        and variant = 'amount'
        and dimension = 'all'
        and denominator is not null

),

movements as (

    select
        period_grain,
        period_start,
        sum(case when segment = 'start' then value else 0 end) as start_amount,
        sum(case when segment = 'pushed_out' then -1 * value else 0 end) as pushed_amount

    from kpi_values

    where
        kpi = 'pipeline_movements'
        and variant = 'closing_in_period'
        and dimension = 'movement'

    group by
        period_grain,
        period_start

)

select
    slippage.*,
    movements.start_amount,
    movements.pushed_amount

from slippage

left join movements
    on
        slippage.period_grain = movements.period_grain
        and slippage.period_start = movements.period_start

where
    slippage.denominator != coalesce(movements.start_amount, 0)
    or slippage.numerator != coalesce(movements.pushed_amount, 0)
