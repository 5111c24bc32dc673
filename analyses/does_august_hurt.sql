{#-
    Question   Does August hurt?
    Asked by   the head of sales in June, and the finance director in September.

    How to read it
    One row per month of the calendar. An index says how the month compares with an average month of
    its own year: 1.00 is average, 0.80 is a fifth less. Each year's index is computed inside that
    year, so that growth from year to year does not count as season; the index shown is the mean of
    the years, with the lowest and the highest year beside it. If these two stand on both sides of
    1, the season is not proven. Only years with all twelve months over are taken.

    What it cannot tell
    Growth within a year still lifts December over January. A weak month of leads shows in
    signatures one sales cycle later, in another row. Two or three years are an impression, not a
    law.
-#}
with kpis as (

    select
        'leads' as figure,
        period_start,
        numerator as amount

    from {{ ref('kpi_leads').include(database=false) }}

    where
        variant = 'standard'
        and period_grain = 'month'
        and dimension = 'all'
        and not is_provisional

    union all

    select
        'won_deals' as figure,
        period_start,
        numerator as amount

    from {{ ref('kpi_bookings').include(database=false) }}

    where
        variant = 'deals'
        and period_grain = 'month'
        and dimension = 'all'
        and not is_provisional

    union all

    select
        'bookings' as figure,
        period_start,
        numerator as amount

    from {{ ref('kpi_bookings').include(database=false) }}

    where
        variant = 'amount'
        and period_grain = 'month'
        and dimension = 'all'
        and not is_provisional

),

months as (

    select
        figure,
        extract(year from period_start) as calendar_year,
        extract(month from period_start) as calendar_month,
        amount

    from kpis

),

whole_years as (

    select
        figure,
        calendar_year,
        sum(amount) / 12 as average_amount

    from months

    group by
        figure,
        calendar_year

    having count(*) = 12

),

indexed as (

    select
        months.figure,
        months.calendar_month,
        months.amount,
        {{ ratio('months.amount', 'whole_years.average_amount') }} as month_index

    from months

    inner join whole_years
        on
            months.figure = whole_years.figure
            and months.calendar_year = whole_years.calendar_year

),

final as (

    select
        calendar_month,
        count(case when figure = 'leads' then 1 end) as year_count,
        sum(case when figure = 'leads' then amount end) as lead_total,
        avg(case when figure = 'leads' then month_index end) as lead_index,
        min(case when figure = 'leads' then month_index end) as lead_index_lowest,
        max(case when figure = 'leads' then month_index end) as lead_index_highest,
        sum(case when figure = 'won_deals' then amount end) as won_deal_total,
        avg(case when figure = 'won_deals' then month_index end) as won_deal_index,
        min(case when figure = 'won_deals' then month_index end) as won_deal_index_lowest,
        max(case when figure = 'won_deals' then month_index end) as won_deal_index_highest,
        sum(case when figure = 'bookings' then amount end) as booking_total,
        avg(case when figure = 'bookings' then month_index end) as booking_index,
        min(case when figure = 'bookings' then month_index end) as booking_index_lowest,
        max(case when figure = 'bookings' then month_index end) as booking_index_highest

    from indexed

    group by calendar_month

)

select * from final

order by calendar_month asc
