/*
Claim: in each segment closed deals are the bookings of the period, and the open ones, whatever
their category, are the pipeline that coverage sets against the quota: what remains of a running
period, and what is there for the next one.
Why it could break: a category that is in no sum, an overdue deal that is in two periods or in none,
a deal whose owner is another one in the two.
Not checked: which category a deal is in; the unit test does.
*/
with categories as (

    select
        *,
        commit_amount
        + best_case_amount
        + pipeline_amount
        + omitted_amount
        + uncategorised_amount as open_amount

    from {{ ref('forecast_categories') }}

),

kpi_values as (

    select * from {{ ref('kpi_values') }}

),

periods as (

    select * from {{ ref('dim_periods') }}

),

bookings as (

    select * from kpi_values where kpi = 'bookings' and variant = 'amount'

),

coverage as (

    select * from kpi_values where kpi = 'pipeline_coverage'

)

select
    categories.period_grain,
    categories.period_start,
    categories.dimension,
    categories.segment,
    categories.closed_amount,
    bookings.value as booked_amount,
    categories.open_amount,
    coverage.numerator as covering_amount

from categories

inner join periods
    on
        categories.period_grain = periods.period_grain
        and categories.period_start = periods.period_start

left join bookings
    on
        categories.period_grain = bookings.period_grain
        and categories.period_start = bookings.period_start
        and categories.dimension = bookings.dimension
        and categories.segment = bookings.segment

left join coverage
    on
        categories.period_grain = coverage.period_grain
        and categories.period_start = coverage.period_start
        and categories.dimension = coverage.dimension
        and categories.segment = coverage.segment
        and coverage.variant = case when periods.is_next then 'at_start' else 'remaining' end

where
    categories.closed_amount != coalesce(bookings.value, 0)
    -- Without any quota nothing is covered.
    or categories.open_amount != coverage.numerator
