with known as (

    select * from {{ ref('int_rep_forecasts_known') }}

),

owners as (

    select * from {{ ref('dim_owners') }}

),

periods as (

    select * from {{ ref('dim_periods') }} where period_grain = 'month'

),

won as (

    select
        deals.owner_id,
        periods.period_start as month_start,
        sum(deals.deal_amount) as won_amount

    from {{ ref('fct_deals') }} as deals

    inner join periods
        on
            deals.closed_date >= periods.period_start
            and deals.closed_date <= periods.period_end

    where deals.is_won

    group by
        deals.owner_id,
        periods.period_start

),

deals_known as (

    select count(*) > 0 as has_deals from {{ ref('fct_deals') }} where is_won is not null

),

final as (

    select
        known.origin_date,
        known.owner_id,
        owners.owner_name,
        known.team,
        known.month_start,
        known.submitted_on as submitted_date,
        cast(known.forecast_amount as decimal(28, 8)) as forecast_amount,
        case
            when periods.is_over and deals_known.has_deals
                then cast(coalesce(won.won_amount, 0) as decimal(28, 8))
        end as actual_amount,
        known.origin_date = known.month_start as is_at_start

    from known

    inner join periods
        on known.month_start = periods.period_start

    left join owners
        on known.owner_id = owners.owner_id

    left join won
        on
            known.owner_id = won.owner_id
            and known.month_start = won.month_start

    cross join deals_known

)

select * from final
