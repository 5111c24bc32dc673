{%- set min_cases = var('min_forecast_cases') -%}
with united as (

    select * from {{ ref('int_forecasts_united') }}

),

weights as (

    select * from {{ ref('int_forecast_weights') }}

),

months as (

    select
        origin_date,
        is_now,
        month_start,
        month_end,
        months_ahead,
        team,
        max(case when forecast_method = 'stage_weighted' then forecast_amount end)
            as stage_weighted_amount,
        max(case when forecast_method = 'seasonal_trend' then forecast_amount end)
            as seasonal_trend_amount,
        max(case when forecast_method = 'rep_judgement' then forecast_amount end)
            as rep_judgement_amount

    from united

    group by
        origin_date,
        is_now,
        month_start,
        month_end,
        months_ahead,
        team

),

-- One cent is the smallest error that a weight is made of.
error_weights as (

    select
        origin_date,
        months_ahead,
        forecast_method,
        1 / cast(greatest(mean_error_amount, 0.01) as {{ type_double() }}) as error_weight

    from weights

    where error_count >= {{ min_cases }}

),

given_weights as (

    select
        origin_date,
        months_ahead,
        max(case when forecast_method = 'stage_weighted' then error_weight end)
            as stage_weighted_weight,
        max(case when forecast_method = 'seasonal_trend' then error_weight end)
            as seasonal_trend_weight,
        max(case when forecast_method = 'rep_judgement' then error_weight end)
            as rep_judgement_weight

    from error_weights

    group by
        origin_date,
        months_ahead

),

-- As long as one of the methods that are there has too few errors, all weigh the same.
weighed as (

    select
        months.*,
        case
            when
                months.stage_weighted_amount is not null
                and given_weights.stage_weighted_weight is null
                then true
            when
                months.seasonal_trend_amount is not null
                and given_weights.seasonal_trend_weight is null
                then true
            when
                months.rep_judgement_amount is not null
                and given_weights.rep_judgement_weight is null
                then true
            else false
        end as is_unweighted,
        given_weights.stage_weighted_weight,
        given_weights.seasonal_trend_weight,
        given_weights.rep_judgement_weight

    from months

    left join given_weights
        on
            months.origin_date = given_weights.origin_date
            and months.months_ahead = given_weights.months_ahead

),

parts as (

    select
        origin_date,
        is_now,
        month_start,
        month_end,
        months_ahead,
        team,
        stage_weighted_amount,
        case
            when stage_weighted_amount is null then 0
            when is_unweighted then 1
            else stage_weighted_weight
        end as stage_weighted_weight,
        seasonal_trend_amount,
        case
            when seasonal_trend_amount is null then 0
            when is_unweighted then 1
            else seasonal_trend_weight
        end as seasonal_trend_weight,
        rep_judgement_amount,
        case
            when rep_judgement_amount is null then 0
            when is_unweighted then 1
            else rep_judgement_weight
        end as rep_judgement_weight

    from weighed

),

combined as (

    select
        origin_date,
        is_now,
        month_start,
        month_end,
        months_ahead,
        team,
        'combined' as forecast_method,
        -- Judgement alone is no combination.
        case
            when stage_weighted_amount is not null or seasonal_trend_amount is not null
                then cast(
                    (
                        stage_weighted_weight
                        * cast(coalesce(stage_weighted_amount, 0) as {{ type_double() }})
                        + seasonal_trend_weight
                        * cast(coalesce(seasonal_trend_amount, 0) as {{ type_double() }})
                        + rep_judgement_weight
                        * cast(coalesce(rep_judgement_amount, 0) as {{ type_double() }})
                    ) / (stage_weighted_weight + seasonal_trend_weight + rep_judgement_weight)
                    as decimal(28, 8)
                )
        end as forecast_amount

    from parts

),

final as (

    select
        origin_date,
        is_now,
        month_start,
        month_end,
        months_ahead,
        team,
        forecast_method,
        forecast_amount

    from combined

    union all

    select
        origin_date,
        is_now,
        month_start,
        month_end,
        months_ahead,
        team,
        forecast_method,
        forecast_amount

    from united

)

select * from final
