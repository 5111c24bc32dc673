-- The error of each forecast of a past morning, once its period is over: by the wins that had been
-- seen by the period's last evening.
with forecasts as (

    select * from {{ ref('int_forecast_periods') }}

),

wins as (

    select * from {{ ref('int_forecast_wins') }}

),

reporting as (

    select * from {{ ref('int_reporting_date') }}

),

period_months as (

    select * from {{ ref('int_period_months') }}

),

won_teams as (

    select
        period_months.period_grain,
        period_months.period_start,
        'team' as dimension,
        wins.team as segment,
        sum(wins.won_amount) as won_amount

    from wins

    inner join period_months
        on wins.month_start = period_months.month_start

    group by
        period_months.period_grain,
        period_months.period_start,
        wins.team

),

won as (

    select * from won_teams

    union all

    select
        period_grain,
        period_start,
        'all' as dimension,
        'all' as segment,
        sum(won_amount) as won_amount

    from won_teams

    group by
        period_grain,
        period_start

),

finished as (

    select forecasts.*

    from forecasts

    inner join reporting
        on forecasts.period_end <= reporting.reporting_date

    where
        not forecasts.is_now
        and forecasts.forecast_amount is not null

),

final as (

    select
        finished.origin_date,
        finished.period_grain,
        finished.period_start,
        finished.period_end,
        finished.months_ahead,
        finished.forecast_method,
        finished.dimension,
        finished.segment,
        finished.forecast_amount,
        cast(coalesce(won.won_amount, 0) as decimal(28, 8)) as seen_amount

    from finished

    left join won
        on
            finished.period_grain = won.period_grain
            and finished.period_start = won.period_start
            and finished.dimension = won.dimension
            and finished.segment = won.segment

)

select * from final
