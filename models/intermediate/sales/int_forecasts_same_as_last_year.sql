-- The yardstick: what the same month of last year brought.
with months as (

    select * from {{ ref('int_forecast_months') }}

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

final as (

    select
        months.origin_date,
        months.month_start,
        months.team,
        'same_as_last_year' as forecast_method,
        case
            when months.month_number - 12 >= first_months.first_month_number
                then cast(
                    cast(coalesce(won_months.won_amount, 0) as {{ type_double() }})
                    * cast(months.rest_share as {{ type_double() }}) as decimal(28, 8)
                )
        end as rest_amount

    from months

    left join won_months
        on
            months.month_number - 12 = won_months.month_number
            and months.team = won_months.team

    cross join first_months

)

select * from final
