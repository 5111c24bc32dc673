/*
Claim: what is invoiced in a period less what is recognised in it is the change of deferred revenue,
in total and in every segment.
Why it could break: rounding of months that do not add up to their line, a line that is counted in a
month too many, a balance that is not that of the period's last month.
Not checked: whether the days of service of a line are right. Before the first period nothing is
known.
*/
with revenue as (

    select
        period_grain,
        period_start,
        dimension,
        segment,
        sum(case when variant = 'invoiced' then numerator else -1 * numerator end) as change_amount

    from {{ ref('kpi_revenue') }}

    where dimension != 'customer_type'

    group by
        period_grain,
        period_start,
        dimension,
        segment

),

deferred as (

    select * from {{ ref('kpi_deferred_revenue') }}

)

select
    deferred.period_grain,
    deferred.period_start,
    deferred.dimension,
    deferred.segment,
    revenue.change_amount as expected_change,
    deferred.numerator - earlier.numerator as found_change

from deferred

inner join {{ ref('dim_periods') }} as periods
    on
        deferred.period_grain = periods.period_grain
        and deferred.period_start = periods.period_start

inner join deferred as earlier
    on
        periods.period_grain = earlier.period_grain
        and periods.previous_period_start = earlier.period_start
        and deferred.dimension = earlier.dimension
        and deferred.segment = earlier.segment

left join revenue
    on
        deferred.period_grain = revenue.period_grain
        and deferred.period_start = revenue.period_start
        and deferred.dimension = revenue.dimension
        and deferred.segment = revenue.segment

where
    revenue.period_start is null
    or revenue.change_amount != deferred.numerator - earlier.numerator
