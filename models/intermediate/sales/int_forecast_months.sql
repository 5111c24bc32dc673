-- Nine months hold the rest of the running quarter and the two after it.
with origins as (

    select * from {{ ref('int_forecast_origins') }}

),

months as (

    select * from {{ ref('int_fiscal_months') }}

),

wins as (

    select * from {{ ref('int_forecast_wins') }}

),

teams as (

    select
        origin_date,
        team

    from {{ ref('int_forecast_deals') }}

    union

    select
        origin_date,
        team

    from {{ ref('int_rep_forecasts_known') }}

    union

    select
        origins.origin_date,
        wins.team

    from origins

    inner join wins
        on origins.origin_date > wins.won_date

),

won_so_far as (

    select
        origins.origin_date,
        wins.team,
        sum(wins.won_amount) as won_amount

    from origins

    inner join wins
        on
            origins.origin_month = wins.month_start
            and origins.origin_date > wins.won_date

    group by
        origins.origin_date,
        wins.team

),

listed as (

    select
        origins.origin_date,
        origins.origin_month_number,
        origins.is_now,
        months.month_start,
        months.fiscal_month_number as month_number,
        months.fiscal_month_number - origins.origin_month_number as months_ahead,
        cast({{ dbt.last_day('months.month_start', 'month') }} as date) as month_end

    from origins

    inner join months
        on
            origins.origin_month_number <= months.fiscal_month_number
            and origins.origin_month_number + 8 >= months.fiscal_month_number

),

-- Of a month that runs on the morning, only the days to come are forecast.
final as (

    select
        listed.origin_date,
        listed.is_now,
        listed.month_start,
        listed.month_end,
        cast(listed.origin_month_number as integer) as origin_month_number,
        cast(listed.month_number as integer) as month_number,
        cast(listed.months_ahead as integer) as months_ahead,
        {{ ratio(
            dbt.datediff(
                'greatest(listed.origin_date, listed.month_start)', 'listed.month_end', 'day'
            ) ~ ' + 1',
            dbt.datediff('listed.month_start', 'listed.month_end', 'day') ~ ' + 1'
        ) }} as rest_share,
        teams.team,
        cast(
            case when listed.months_ahead = 0 then coalesce(won_so_far.won_amount, 0) else 0 end
            as decimal(28, 8)
        ) as won_so_far_amount

    from listed

    inner join teams
        on listed.origin_date = teams.origin_date

    left join won_so_far
        on
            teams.origin_date = won_so_far.origin_date
            and teams.team = won_so_far.team

)

select * from final
