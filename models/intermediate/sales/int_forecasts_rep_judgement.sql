with months as (

    select * from {{ ref('int_forecast_months') }}

),

known as (

    select * from {{ ref('int_rep_forecasts_known') }}

),

of_teams as (

    select
        origin_date,
        month_start,
        team,
        sum(forecast_amount) as forecast_amount

    from known

    group by
        origin_date,
        month_start,
        team

),

known_months as (

    select distinct
        origin_date,
        month_start

    from known

),

-- Reps forecast the whole month: what is won so far is no part of the rest.
final as (

    select
        months.origin_date,
        months.month_start,
        months.team,
        'rep_judgement' as forecast_method,
        case
            when known_months.origin_date is not null
                then cast(
                    greatest(
                        coalesce(of_teams.forecast_amount, 0) - months.won_so_far_amount, 0
                    ) as decimal(28, 8)
                )
        end as rest_amount

    from months

    left join known_months
        on
            months.origin_date = known_months.origin_date
            and months.month_start = known_months.month_start

    left join of_teams
        on
            months.origin_date = of_teams.origin_date
            and months.month_start = of_teams.month_start
            and months.team = of_teams.team

)

select * from final
