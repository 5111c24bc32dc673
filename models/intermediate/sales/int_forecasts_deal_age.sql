{%- set min_cases = var('min_forecast_cases') -%}
-- Of the deals that were open at this age on an earlier morning, the share that was won so many
-- months later.
with months as (

    select * from {{ ref('int_forecast_months') }}

),

origins as (

    select * from {{ ref('int_forecast_origins') }}

),

deals as (

    select * from {{ ref('int_forecast_deals') }}

),

wins as (

    select * from {{ ref('int_forecast_wins') }}

),

past_mornings as (

    select * from origins where not is_now

),

open_deals as (

    select
        origins.origin_date,
        origins.origin_month_number,
        deals.deal_id,
        deals.age_months

    from past_mornings as origins

    inner join deals
        on origins.origin_date = deals.origin_date

),

first_wins as (

    select
        open_deals.origin_month_number,
        open_deals.age_months,
        open_deals.deal_id,
        min(wins.month_number) as won_month_number

    from open_deals

    inner join wins
        on
            open_deals.deal_id = wins.deal_id
            and open_deals.origin_date <= wins.won_date

    group by
        open_deals.origin_month_number,
        open_deals.age_months,
        open_deals.deal_id

),

opened as (

    select
        origin_month_number,
        age_months,
        count(deal_id) as open_count

    from open_deals

    group by
        origin_month_number,
        age_months

),

won as (

    select
        origin_month_number,
        age_months,
        won_month_number - origin_month_number as months_ahead,
        count(deal_id) as won_count

    from first_wins

    group by
        origin_month_number,
        age_months,
        won_month_number - origin_month_number

),

horizons as (

    select distinct months_ahead from months

),

-- Each morning shows what came of its deals up to a month that is over.
shown as (

    select
        opened.age_months,
        horizons.months_ahead,
        opened.origin_month_number + horizons.months_ahead as shown_month_number,
        opened.open_count,
        coalesce(won.won_count, 0) as won_count

    from opened

    cross join horizons

    left join won
        on
            opened.origin_month_number = won.origin_month_number
            and opened.age_months = won.age_months
            and horizons.months_ahead = won.months_ahead

),

curves as (

    select
        origins.origin_date,
        shown.age_months,
        shown.months_ahead,
        sum(shown.open_count) as open_count,
        sum(shown.won_count) as won_count

    from origins

    inner join shown
        on origins.origin_month_number > shown.shown_month_number

    group by
        origins.origin_date,
        shown.age_months,
        shown.months_ahead

),

all_ages as (

    select
        origin_date,
        months_ahead,
        sum(open_count) as open_count,
        sum(won_count) as won_count

    from curves

    group by
        origin_date,
        months_ahead

),

amounts as (

    select
        origin_date,
        team,
        age_months,
        sum(deal_amount) as open_amount,
        count(deal_amount) as valued_count,
        count(deal_id) as deal_count

    from deals

    group by
        origin_date,
        team,
        age_months

),

-- An age of too few deals has the share of all ages.
weighted as (

    select
        amounts.origin_date,
        amounts.team,
        all_ages.months_ahead,
        sum(cast(
            cast(amounts.open_amount as decimal(28, 2)) * cast(
                case
                    when curves.open_count >= {{ min_cases }}
                        then {{ ratio('curves.won_count', 'curves.open_count') }}
                    else {{ ratio('all_ages.won_count', 'all_ages.open_count') }}
                end as decimal(9, 8)
            ) as decimal(28, 8)
        )) as weighted_amount

    from amounts

    inner join all_ages
        on amounts.origin_date = all_ages.origin_date

    left join curves
        on
            amounts.origin_date = curves.origin_date
            and amounts.age_months = curves.age_months
            and all_ages.months_ahead = curves.months_ahead

    group by
        amounts.origin_date,
        amounts.team,
        all_ages.months_ahead

),

known_months as (

    select
        all_ages.origin_date,
        all_ages.months_ahead

    from all_ages

    left join amounts
        on all_ages.origin_date = amounts.origin_date

    where all_ages.open_count >= {{ min_cases }}

    group by
        all_ages.origin_date,
        all_ages.months_ahead

    having
        coalesce(sum(amounts.deal_count), 0) = 0
        or sum(amounts.valued_count) > 0

),

final as (

    select
        months.origin_date,
        months.month_start,
        months.team,
        'deal_age' as forecast_method,
        case
            when known_months.origin_date is not null
                then cast(
                    cast(coalesce(weighted.weighted_amount, 0) as {{ type_double() }})
                    * cast(months.rest_share as {{ type_double() }}) as decimal(28, 8)
                )
        end as rest_amount

    from months

    left join known_months
        on
            months.origin_date = known_months.origin_date
            and months.months_ahead = known_months.months_ahead

    left join weighted
        on
            months.origin_date = weighted.origin_date
            and months.team = weighted.team
            and months.months_ahead = weighted.months_ahead

)

select * from final
