-- Level of the last twelve months, times half of the growth on the twelve before, times the season.
-- Without any win there is no level.
with months as (

    select * from {{ ref('int_forecast_months') }}

),

origins as (

    select * from {{ ref('int_forecast_origins') }}

),

wins as (

    select * from {{ ref('int_forecast_wins') }}

),

stages as (

    select * from {{ ref('int_deal_stages_seen') }}

),

fiscal_months as (

    select * from {{ ref('int_fiscal_months') }}

),

first_months as (

    select min(fiscal_months.fiscal_month_number) as first_month_number

    from fiscal_months

    inner join stages
        on fiscal_months.month_start = {{ month_of('stages', 'seen_from') }}

),

-- Whole years that ended before the morning's month; the latest three are enough.
years as (

    select
        origins.origin_date,
        origins.origin_month_number,
        least(
            floor((origins.origin_month_number - first_months.first_month_number) / 12.0), 3
        ) as year_count

    from origins

    cross join first_months

),

won_months as (

    select
        month_number,
        team,
        sum(won_amount) as won_amount

    from wins

    group by
        month_number,
        team

),

past as (

    select
        years.origin_date,
        years.year_count,
        won_months.team,
        won_months.month_number,
        won_months.won_amount,
        -- 0 for the last twelve months, 1 for the twelve before.
        floor((years.origin_month_number - won_months.month_number - 1) / 12.0) as years_ago

    from years

    inner join won_months
        on
            years.origin_month_number > won_months.month_number
            and years.origin_month_number - 12 * years.year_count <= won_months.month_number

),

levels as (

    select
        origin_date,
        team,
        sum(won_amount) as year_amount

    from past

    where years_ago = 0

    group by
        origin_date,
        team

),

totals as (

    select
        origin_date,
        sum(case when years_ago = 0 then won_amount end) as last_year_amount,
        sum(case when years_ago = 1 then won_amount end) as year_before_amount,
        sum(won_amount) as all_amount

    from past

    group by origin_date

),

season_months as (

    select
        origin_date,
        cast(mod(month_number, 12) as integer) as calendar_month,
        sum(won_amount) as month_amount

    from past

    group by
        origin_date,
        cast(mod(month_number, 12) as integer)

),

-- One year alone says little of a season: with each year the months may differ more from 1.
factors as (

    select
        months.origin_date,
        months.month_start,
        months.team,
        years.year_count,
        totals.all_amount,
        cast(coalesce(levels.year_amount, 0) as {{ type_double() }}) / 12 as level_amount,
        least(greatest(coalesce(
            {{ ratio('totals.last_year_amount', 'totals.year_before_amount') }}, 1
        ), 0.5), 2) as year_growth,
        coalesce(
            {{ ratio('coalesce(season_months.month_amount, 0) * 12', 'totals.all_amount') }}, 1
        ) as season_share,
        months.months_ahead,
        months.rest_share

    from months

    left join years
        on months.origin_date = years.origin_date

    left join totals
        on months.origin_date = totals.origin_date

    left join levels
        on
            months.origin_date = levels.origin_date
            and months.team = levels.team

    left join season_months
        on
            months.origin_date = season_months.origin_date
            and mod(months.month_number, 12) = season_months.calendar_month

),

weighed as (

    select
        *,
        1 + {{ divide('0.5 * (year_growth - 1) * (months_ahead + 6.5)', '12') }} as trend_factor,
        {{ divide('year_count * season_share + 1', '(year_count + 1)') }} as season_factor

    from factors

),

final as (

    select
        origin_date,
        month_start,
        team,
        'seasonal_trend' as forecast_method,
        case
            when year_count >= 1 and all_amount is not null
                then cast(
                    level_amount
                    * cast(trend_factor as {{ type_double() }})
                    * cast(season_factor as {{ type_double() }})
                    * cast(rest_share as {{ type_double() }}) as decimal(28, 8)
                )
        end as rest_amount

    from weighed

)

select * from final
