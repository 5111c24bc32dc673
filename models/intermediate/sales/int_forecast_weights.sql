-- Only months that were over on the morning tell of the errors of a method.
with united as (

    select * from {{ ref('int_forecasts_united') }}

),

origins as (

    select * from {{ ref('int_forecast_origins') }}

),

wins as (

    select * from {{ ref('int_forecast_wins') }}

),

combined_methods as (

    select
        origin_date,
        is_now,
        month_start,
        month_end,
        months_ahead,
        forecast_method,
        sum(forecast_amount) as forecast_amount

    from united

    where
        forecast_method in ('stage_weighted', 'seasonal_trend', 'rep_judgement')
        and forecast_amount is not null

    group by
        origin_date,
        is_now,
        month_start,
        month_end,
        months_ahead,
        forecast_method

),

won_months as (

    select
        month_start,
        sum(won_amount) as won_amount

    from wins

    group by month_start

),

errors as (

    select
        combined_methods.month_end,
        combined_methods.months_ahead,
        combined_methods.forecast_method,
        abs(combined_methods.forecast_amount - coalesce(won_months.won_amount, 0)) as error_amount

    from combined_methods

    left join won_months
        on combined_methods.month_start = won_months.month_start

    where not combined_methods.is_now

),

final as (

    select
        origins.origin_date,
        errors.months_ahead,
        errors.forecast_method,
        count(errors.error_amount) as error_count,
        {{ ratio('sum(errors.error_amount)', 'count(errors.error_amount)') }} as mean_error_amount

    from origins

    inner join errors
        on origins.origin_date > errors.month_end

    group by
        origins.origin_date,
        errors.months_ahead,
        errors.forecast_method

)

select * from final
