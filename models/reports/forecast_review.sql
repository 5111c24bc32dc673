{{ config(meta={'has_given_cuts': false}) }}
-- What is said on the last day of a month, when its forecast is compared with what was won.
with forecasts as (

    select *

    from {{ ref('fct_sales_forecasts') }}

    where
        period_grain = 'month'
        and forecast_method in ('combined', 'rep_judgement')

),

bookings as (

    select *

    from {{ ref('kpi_bookings') }}

    where
        variant = 'amount'
        and period_grain = 'month'
        and dimension in ('all', 'team')

),

forecast_months as (

    select
        period_start,
        period_end,
        dimension,
        segment,
        max(
            case when is_at_start and forecast_method = 'combined' then forecast_amount end
        ) as start_amount,
        max(
            case when is_at_start and forecast_method = 'rep_judgement' then forecast_amount end
        ) as start_judgement_amount,
        max(case when is_now and forecast_method = 'combined' then forecast_amount end)
            as now_amount,
        max(case when is_now and forecast_method = 'rep_judgement' then forecast_amount end)
            as now_judgement_amount

    from forecasts

    where
        is_at_start
        or is_now

    group by
        period_start,
        period_end,
        dimension,
        segment

),

joined as (

    select
        coalesce(forecast_months.period_start, bookings.period_start) as month_start,
        coalesce(forecast_months.period_end, bookings.period_end) as review_date,
        coalesce(forecast_months.dimension, bookings.dimension) as dimension,
        coalesce(forecast_months.segment, bookings.segment) as segment,
        forecast_months.start_amount,
        forecast_months.start_judgement_amount,
        forecast_months.now_amount,
        forecast_months.now_judgement_amount,
        bookings.value as actual_amount,
        coalesce(bookings.is_provisional, true) as is_provisional

    from forecast_months

    full outer join bookings
        on
            forecast_months.period_start = bookings.period_start
            and forecast_months.dimension = bookings.dimension
            and forecast_months.segment = bookings.segment

),

-- Of a month that still runs the difference would be what is not over yet.
final as (

    select
        *,
        case
            when not is_provisional
                then cast(actual_amount - start_amount as {{ kpi_part_type() }})
        end as difference_amount,
        case
            when not is_provisional
                then cast(actual_amount - start_judgement_amount as {{ kpi_part_type() }})
        end as difference_judgement_amount,
        case
            when not is_provisional then {{ ratio('actual_amount', 'start_amount') }}
        end as attainment_rate

    from joined

)

select * from final
