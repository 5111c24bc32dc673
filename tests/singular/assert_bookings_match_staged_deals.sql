{#- Staging does not know which stage a deal was in on a past day. -#}
{{ config(enabled=not var('reporting_date')) }}
/*
Claim: the bookings of each year, in deals and in money, equal a count made on the staged rows: the
surviving deals in a won stage, on the typed day or else on the day of their last closing; all years
together have all of them.
Why it could break: a join that multiplies or loses deals, a merged deal that counts beside its
survivor, a currency that is not converted, a closing outside the calendar, a year cut at the wrong
month.
Not checked: which deals survive (assert_every_merge_ends_at_a_survivor), segments
(assert_segments_add_up_to_all), a report on a past day.
*/
with deals as (

    select * from {{ ref('stg_deals') }} where is_counted

),

stages as (

    select * from {{ ref('stg_pipelines') }}

),

years as (

    select * from {{ ref('dim_periods') }} where period_grain = 'year' and has_begun

),

reporting as (

    select max(reporting_date) as reporting_date from years

),

rates as (

    select * from {{ ref('currency_rates') }}

),

-- A stage of the history is closed if it is in the deal's own pipeline, or else in any other.
entries as (

    select
        history.input_row_id,
        deals.deal_id,
        {{ reporting_day('history.entered_at') }} as entered_date,
        coalesce(
            max(
                case
                    when stages.pipeline_id != deals.pipeline_id then null
                    when stages.is_closed then 1
                    else 0
                end
            ),
            max(case when stages.is_closed then 1 else 0 end)
        ) as closed_order

    from {{ ref('stg_deal_stage_history') }} as history

    inner join deals
        on history.deal_id = deals.deal_id

    inner join stages
        on
            history.stage_id = stages.stage_id
            and deals.source_system = stages.source_system

    group by
        history.input_row_id,
        deals.deal_id,
        history.entered_at

),

last_closings as (

    select
        entries.deal_id,
        max(entries.entered_date) as entered_date

    from entries

    inner join reporting
        on entries.entered_date <= reporting.reporting_date

    where entries.closed_order = 1

    group by entries.deal_id

),

won_deals as (

    select
        deals.deal_id,
        deals.deal_amount * coalesce(deal_rates.euros_per_unit, own_rates.euros_per_unit)
        / own_rates.euros_per_unit as deal_amount,
        case
            when deals.close_date <= reporting.reporting_date then deals.close_date
            else last_closings.entered_date
        end as won_date

    from deals

    cross join reporting

    inner join stages
        on
            deals.pipeline_id = stages.pipeline_id
            and deals.stage_id = stages.stage_id
            and stages.is_won

    left join last_closings
        on deals.deal_id = last_closings.deal_id

    left join rates as deal_rates
        on deals.currency = deal_rates.currency

    left join rates as own_rates
        on own_rates.currency = '{{ var("reporting_currency") }}'

    where
        deals.created_at is null
        or {{ reporting_day('deals.created_at') }} <= reporting.reporting_date

),

expected as (

    select
        years.period_start,
        count(won_deals.deal_id) as won_count,
        coalesce(sum(won_deals.deal_amount), 0) as won_amount

    from years

    left join won_deals
        on won_deals.won_date between years.period_start and years.period_end

    group by years.period_start

    union all

    select
        cast(null as date) as period_start,
        count(deal_id) as won_count,
        coalesce(sum(deal_amount), 0) as won_amount

    from won_deals

    where won_date is not null

),

reported as (

    select
        period_start,
        sum(case when variant = 'deals' then value end) as won_count,
        sum(case when variant = 'amount' then value end) as won_amount

    from {{ ref('kpi_bookings') }}

    where
        period_grain = 'year'
        and dimension = 'all'

    group by period_start

    union all

    select
        cast(null as date) as period_start,
        sum(case when variant = 'deals' then value end) as won_count,
        sum(case when variant = 'amount' then value end) as won_amount

    from {{ ref('kpi_bookings') }}

    where
        period_grain = 'year'
        and dimension = 'all'

)

select
    expected.*,
    reported.won_count as reported_count,
    reported.won_amount as reported_amount

from expected

left join reported
    on expected.period_start is not distinct from reported.period_start

-- Each converted amount is rounded to the cent.
where
    expected.won_count != coalesce(reported.won_count, 0)
    or abs(expected.won_amount - coalesce(reported.won_amount, 0))
    > 0.005 * expected.won_count + 0.005
