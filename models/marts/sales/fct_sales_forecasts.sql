with forecasts as (

    select * from {{ ref('int_forecast_periods') }}

),

intervals as (

    select * from {{ ref('int_forecast_intervals') }}

),

periods as (

    select * from {{ ref('dim_periods') }}

),

stages_seen as (

    select * from {{ ref('int_deal_stages_seen') }}

),

leads as (

    select * from {{ ref('int_forecast_leads') }}

),

submitted as (

    select * from {{ ref('stg_submitted_forecasts') }}

),

won_teams as (

    select
        periods.period_grain,
        periods.period_start,
        'team' as dimension,
        coalesce(deals.team, '(none)') as segment,
        sum(deals.deal_amount) as won_amount

    from {{ ref('fct_deals') }} as deals

    inner join periods
        on
            deals.closed_date >= periods.period_start
            and deals.closed_date <= periods.period_end

    where
        deals.is_won
        and periods.period_grain in ('month', 'quarter')

    group by
        periods.period_grain,
        periods.period_start,
        coalesce(deals.team, '(none)')

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

sources as (

    select
        (select count(*) from stages_seen) > 0 as has_deals,
        (select count(*) from leads) > 0 as has_leads,
        (select count(*) from submitted) > 0 as has_submitted

),

joined as (

    select
        forecasts.*,
        periods.is_over,
        case
            when periods.is_over and sources.has_deals
                then cast(coalesce(won.won_amount, 0) as decimal(28, 8))
            when periods.is_over then cast(won.won_amount as decimal(28, 8))
        end as actual_amount,
        intervals.error_count,
        intervals.low_share,
        intervals.high_share,
        intervals.past_error_rate,
        intervals.is_worse_than_last_year,
        case
            when forecasts.forecast_amount is not null then null
            when
                forecasts.forecast_method = 'rep_judgement'
                then case when sources.has_submitted then 'not_yet' else 'no_source' end
            when not sources.has_deals then 'no_source'
            when forecasts.forecast_method = 'lead_driven' and not sources.has_leads
                then 'no_source'
            else 'too_few'
        end as null_reason

    from forecasts

    inner join periods
        on
            forecasts.period_grain = periods.period_grain
            and forecasts.period_start = periods.period_start

    left join won
        on
            forecasts.period_grain = won.period_grain
            and forecasts.period_start = won.period_start
            and forecasts.dimension = won.dimension
            and forecasts.segment = won.segment

    left join intervals
        on
            forecasts.origin_date = intervals.origin_date
            and forecasts.period_grain = intervals.period_grain
            and forecasts.months_ahead = intervals.months_ahead
            and forecasts.forecast_method = intervals.forecast_method
            and forecasts.dimension = intervals.dimension
            and forecasts.segment = intervals.segment

    cross join sources

),

final as (

    select
        origin_date,
        is_now,
        origin_date = period_start as is_at_start,
        period_grain,
        period_start,
        period_end,
        months_ahead,
        forecast_method,
        dimension,
        segment,
        forecast_amount,
        case
            when error_count >= {{ var('min_forecast_errors') }}
                then cast(
                    cast(forecast_amount as {{ type_double() }})
                    * cast(low_share as {{ type_double() }}) as decimal(28, 8)
                )
        end as low_amount,
        case
            when error_count >= {{ var('min_forecast_errors') }}
                then cast(
                    cast(forecast_amount as {{ type_double() }})
                    * cast(high_share as {{ type_double() }}) as decimal(28, 8)
                )
        end as high_amount,
        actual_amount,
        coalesce(error_count, 0) as past_error_count,
        past_error_rate,
        is_worse_than_last_year,
        null_reason

    from joined

)

select * from final
