-- Four months and three quarters from the morning on. Of a quarter that runs, what is won counts.
with months as (

    select * from {{ ref('int_forecasts_combined') }}

),

period_months as (

    select * from {{ ref('int_period_months') }}

),

wins as (

    select * from {{ ref('int_forecast_wins') }}

),

sized as (

    select
        months.origin_date,
        months.is_now,
        period_months.period_grain,
        period_months.period_start,
        period_months.period_end,
        months.forecast_method,
        months.team,
        sum(months.forecast_amount) as forecast_amount,
        count(months.month_start) as month_count,
        count(months.forecast_amount) as known_count,
        max(months.month_end) as last_month_end,
        max(months.months_ahead) as months_to_end

    from months

    inner join period_months
        on months.month_start = period_months.month_start

    where
        period_months.period_grain = 'quarter'
        or (period_months.period_grain = 'month' and months.months_ahead <= 3)

    group by
        months.origin_date,
        months.is_now,
        period_months.period_grain,
        period_months.period_start,
        period_months.period_end,
        months.forecast_method,
        months.team

),

whole as (

    select
        *,
        case when known_count = month_count then forecast_amount end as known_amount,
        case
            when period_grain = 'month' then months_to_end
            else months_to_end - 2
        end as months_ahead

    from sized

    where last_month_end = period_end

),

-- The months of a running quarter that are over; the running month holds its own wins already.
won_before as (

    select
        whole.origin_date,
        whole.period_grain,
        whole.period_start,
        whole.forecast_method,
        whole.team,
        sum(wins.won_amount) as won_amount

    from whole

    inner join wins
        on
            whole.team = wins.team
            and whole.period_start <= wins.won_date
            and {{ month_of('whole', 'origin_date') }} > wins.won_date

    where whole.months_ahead < 0

    group by
        whole.origin_date,
        whole.period_grain,
        whole.period_start,
        whole.forecast_method,
        whole.team

),

of_teams as (

    select
        whole.origin_date,
        whole.is_now,
        whole.period_grain,
        whole.period_start,
        whole.period_end,
        cast(whole.months_ahead as integer) as months_ahead,
        whole.forecast_method,
        whole.team,
        cast(whole.known_amount + coalesce(won_before.won_amount, 0) as decimal(28, 8))
            as forecast_amount

    from whole

    left join won_before
        on
            whole.origin_date = won_before.origin_date
            and whole.period_grain = won_before.period_grain
            and whole.period_start = won_before.period_start
            and whole.forecast_method = won_before.forecast_method
            and whole.team = won_before.team

),

final as (

    select
        origin_date,
        is_now,
        period_grain,
        period_start,
        period_end,
        months_ahead,
        forecast_method,
        'team' as dimension,
        team as segment,
        forecast_amount

    from of_teams

    union all

    select
        origin_date,
        is_now,
        period_grain,
        period_start,
        period_end,
        months_ahead,
        forecast_method,
        'all' as dimension,
        'all' as segment,
        cast(sum(forecast_amount) as decimal(28, 8)) as forecast_amount

    from of_teams

    group by
        origin_date,
        is_now,
        period_grain,
        period_start,
        period_end,
        months_ahead,
        forecast_method

)

select * from final
