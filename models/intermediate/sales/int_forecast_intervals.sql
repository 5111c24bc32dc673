-- The errors of forecasts as long before their period, of periods that were over on the morning.
with origins as (

    select * from {{ ref('int_forecast_origins') }}

),

errors as (

    select * from {{ ref('int_forecast_errors') }}

),

yardstick as (

    select * from errors where forecast_method = 'same_as_last_year'

),

-- Against the yardstick only where it, too, had a forecast.
compared as (

    select
        errors.*,
        abs(errors.forecast_amount - errors.seen_amount) as error_amount,
        case
            when errors.forecast_amount > 0
                then
                    cast(errors.seen_amount as {{ type_double() }})
                    / cast(errors.forecast_amount as {{ type_double() }})
        end as seen_share,
        case
            when yardstick.forecast_amount is not null
                then abs(errors.forecast_amount - errors.seen_amount)
        end as compared_error_amount,
        abs(yardstick.forecast_amount - yardstick.seen_amount) as yardstick_error_amount

    from errors

    left join yardstick
        on
            errors.origin_date = yardstick.origin_date
            and errors.period_grain = yardstick.period_grain
            and errors.period_start = yardstick.period_start
            and errors.dimension = yardstick.dimension
            and errors.segment = yardstick.segment

),

final as (

    select
        origins.origin_date,
        compared.period_grain,
        compared.months_ahead,
        compared.forecast_method,
        compared.dimension,
        compared.segment,
        count(compared.seen_share) as error_count,
        cast(
            percentile_cont(0.1) within group (order by compared.seen_share) as decimal(28, 8)
        ) as low_share,
        cast(
            percentile_cont(0.9) within group (order by compared.seen_share) as decimal(28, 8)
        ) as high_share,
        {{ ratio('sum(compared.error_amount)', 'sum(compared.seen_amount)') }} as past_error_rate,
        case
            when count(compared.yardstick_error_amount) >= {{ var('min_forecast_cases') }}
                then sum(compared.compared_error_amount) > sum(compared.yardstick_error_amount)
        end as is_worse_than_last_year

    from origins

    inner join compared
        on origins.origin_date > compared.period_end

    group by
        origins.origin_date,
        compared.period_grain,
        compared.months_ahead,
        compared.forecast_method,
        compared.dimension,
        compared.segment

)

select * from final
