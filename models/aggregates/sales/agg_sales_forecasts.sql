{{ config(meta={'has_given_cuts': false}) }}
{#- Months and quarters that have begun, and those to come of which there is a forecast. -#}
with forecasts as (

    select * from {{ ref('fct_sales_forecasts') }}

),

now_forecasts as (

    select * from forecasts where is_now

),

future_periods as (

    select distinct
        period_grain,
        period_start

    from now_forecasts

),

periods as (

    select
        periods.period_grain,
        periods.period_start,
        periods.period_end,
        periods.reporting_date,
        periods.is_over

    from {{ ref('dim_periods') }} as periods

    left join future_periods
        on
            periods.period_grain = future_periods.period_grain
            and periods.period_start = future_periods.period_start

    where
        periods.period_grain in ('month', 'quarter')
        and (periods.has_begun or future_periods.period_start is not null)

),

{{ listed('methods', 'forecast_method', ['combined'] + forecast_methods()) }},

segments as (

    select
        'all' as dimension,
        'all' as segment

    union

    select
        dimension,
        segment

    from forecasts

),

-- A method that has no source has none at any time.
sources as (

    select
        methods.forecast_method,
        count(forecasts.origin_date) > 0
        and count(case when forecasts.null_reason = 'no_source' then 1 end) = 0 as has_source

    from methods

    left join forecasts
        on methods.forecast_method = forecasts.forecast_method

    group by methods.forecast_method

),

spine as (

    select
        periods.*,
        segments.dimension,
        segments.segment,
        sources.forecast_method,
        sources.has_source

    from periods

    cross join segments

    cross join sources

),

-- Of a period that is over the forecast with which it began; of any other that of now.
chosen as (

    select
        period_grain,
        period_start,
        is_now,
        forecast_method,
        dimension,
        segment,
        forecast_amount,
        null_reason

    from forecasts

    where
        is_now
        or is_at_start

),

joined as (

    select
        spine.*,
        coalesce(
            chosen.forecast_amount,
            -- A team that did not exist yet has no part of the total.
            case when totals.forecast_amount is not null then 0 end
        ) as forecast_amount,
        coalesce(totals.null_reason, case when spine.has_source then 'not_yet' else 'no_source' end)
            as null_reason

    from spine

    left join chosen
        on
            spine.period_grain = chosen.period_grain
            and spine.period_start = chosen.period_start
            and spine.is_over != chosen.is_now
            and spine.forecast_method = chosen.forecast_method
            and spine.dimension = chosen.dimension
            and spine.segment = chosen.segment

    left join chosen as totals
        on
            spine.period_grain = totals.period_grain
            and spine.period_start = totals.period_start
            and spine.is_over != totals.is_now
            and spine.forecast_method = totals.forecast_method
            and totals.dimension = 'all'

),

final as (

    select
        forecast_method,
        period_grain,
        period_start,
        period_end,
        reporting_date,
        dimension,
        segment,
        cast(forecast_amount as {{ kpi_part_type() }}) as forecast_amount,
        case when forecast_amount is null then null_reason end as null_reason

    from joined

)

select * from final
