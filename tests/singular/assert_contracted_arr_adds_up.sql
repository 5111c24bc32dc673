/*
Claim: contracted ARR is ARR, plus what is signed and has not begun, less what is known to leave: to
the last digit, in each period and segment, and each segment of ARR is one of contracted ARR.
Why it could break: a line that runs is lost on its way to its contract, or is there twice; an
amount is converted at another rate; a line leaves that does not run, or whose customer's
adjustments eat its revenue up.
Not checked: whether a line is signed or leaves. Where no signing is known there is no contracted
ARR.
*/
with contracted as (

    select * from {{ ref('kpi_contracted_arr') }}

),

running as (

    select * from {{ ref('kpi_arr') }}

),

parts as (

    select
        totals.period_grain,
        totals.period_start,
        totals.dimension,
        totals.segment,
        totals.value as contracted_amount,
        coalesce(running.value, 0) + not_started.value - leaving.value as added_up_amount,
        running.value as running_amount,
        not_started.value as not_started_amount,
        leaving.value as leaving_amount

    from contracted as totals

    inner join contracted as not_started
        on
            {{ same_segment('totals', 'not_started') }}
            and not_started.variant = 'not_started'

    inner join contracted as leaving
        on
            {{ same_segment('totals', 'leaving') }}
            and leaving.variant = 'leaving'

    left join running
        on {{ same_segment('totals', 'running') }}

    where
        totals.variant = 'total'
        and totals.value is not null

),

-- Each segment of ARR is one of contracted ARR, too.
lost as (

    select
        running.period_grain,
        running.period_start,
        running.dimension,
        running.segment,
        running.value

    from running

    left join contracted
        on
            {{ same_segment('running', 'contracted') }}
            and contracted.variant = 'leaving'

    where
        running.value is not null
        and contracted.kpi is null

)

select
    'parts do not add up' as fault,
    period_grain,
    period_start,
    dimension,
    segment,
    contracted_amount,
    added_up_amount

from parts

where contracted_amount != added_up_amount

union all

select
    'no contracts' as fault,
    period_grain,
    period_start,
    dimension,
    segment,
    null as contracted_amount,
    value as added_up_amount

from lost
