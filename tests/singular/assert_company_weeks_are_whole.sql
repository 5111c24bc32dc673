/*
Claim: the weeks of the company's own calendar begin on the weekday of `week_starts_on`, follow one
another without a gap to the reporting date at least, never go back to an earlier month, quarter or
year, and no month lies in two quarters.
Why it could break: a week that was forgotten or typed twice, a year that was numbered by hand.
Not checked: whether a quarter is 4-4-5, 4-5-4 or 5-4-4 weeks.
*/
with weeks as (

    select
        *,
        lag(week_start) over (order by week_start) as previous_week_start,
        lag(year_number) over (order by week_start) as previous_year_number,
        lag(quarter_number) over (order by week_start) as previous_quarter_number,
        lag(month_number) over (order by week_start) as previous_month_number,
        max(week_start) over () as last_week_start,
        min(quarter_number) over (partition by year_number, month_number) as quarter_of_month

    from {{ ref('company_weeks') }}

),

reporting as (

    select reporting_date from {{ ref('int_reporting_date') }}

)

select
    weeks.week_start,
    weeks.previous_week_start,
    case
        when weeks.week_start != {{ week_of('weeks.week_start') }}
            then 'does not begin on {{ var("week_starts_on") }}'
        when weeks.week_start != {{ dbt.dateadd('day', 7, 'weeks.previous_week_start') }}
            then 'does not follow the week before'
        when
            weeks.year_number < weeks.previous_year_number
            or (
                weeks.year_number = weeks.previous_year_number
                and (
                    weeks.quarter_number < weeks.previous_quarter_number
                    or weeks.month_number < weeks.previous_month_number
                )
            )
            then 'goes back to an earlier period'
        when weeks.quarter_number != weeks.quarter_of_month
            then 'lies in another quarter than the weeks of its month before it'
        else 'is the last one, and the report goes on after it'
    end as fault

from weeks

cross join reporting

where
    weeks.week_start != {{ week_of('weeks.week_start') }}
    or weeks.week_start != {{ dbt.dateadd('day', 7, 'weeks.previous_week_start') }}
    or weeks.year_number < weeks.previous_year_number
    or (
        weeks.year_number = weeks.previous_year_number
        and (
            weeks.quarter_number < weeks.previous_quarter_number
            or weeks.month_number < weeks.previous_month_number
        )
    )
    or weeks.quarter_number != weeks.quarter_of_month
    or (
        weeks.week_start = weeks.last_week_start
        and {{ dbt.dateadd('day', 6, 'weeks.week_start') }} < reporting.reporting_date
    )
