/*
Claim: the weeks of the company's own calendar begin on the weekday of `week_starts_on`, follow one
another without a gap, and never go back to an earlier month, quarter or year.
Why it could break: a week that was forgotten or typed twice, a year that was numbered by hand.
Not checked: whether a quarter is 4-4-5, 4-5-4 or 5-4-4 weeks.
*/
with weeks as (

    select
        *,
        lag(week_start) over (order by week_start) as previous_week_start,
        lag(year_number) over (order by week_start) as previous_year_number,
        lag(quarter_number) over (order by week_start) as previous_quarter_number,
        lag(month_number) over (order by week_start) as previous_month_number

    from {{ ref('company_weeks') }}

)

select
    week_start,
    previous_week_start,
    case
        when week_start != {{ week_of('week_start') }}
            then 'does not begin on {{ var("week_starts_on") }}'
        when week_start != {{ dbt.dateadd('day', 7, 'previous_week_start') }}
            then 'does not follow the week before'
        when
            year_number < previous_year_number
            or (
                year_number = previous_year_number
                and (
                    quarter_number < previous_quarter_number
                    or month_number < previous_month_number
                )
            )
            then 'goes back to an earlier period'
    end as fault

from weeks

where
    week_start != {{ week_of('week_start') }}
    or week_start != {{ dbt.dateadd('day', 7, 'previous_week_start') }}
    or year_number < previous_year_number
    or (
        year_number = previous_year_number
        and (
            quarter_number < previous_quarter_number
            or month_number < previous_month_number
        )
    )
