/*
Claim: a KPI has one row per variant, period and segment, and each part of that key is there.
Why it could break: a segment called like the one for null, a join that multiplies rows, a period
twice in the calendar, a view that is united with itself.
Not checked: whether a row is missing; assert_segments_add_up_to_all notices that.
*/
select
    kpi,
    variant,
    period_grain,
    period_start,
    dimension,
    segment,
    count(*) as row_count

from {{ ref('kpi_values') }}

group by
    kpi,
    variant,
    period_grain,
    period_start,
    dimension,
    segment

having
    count(*) > 1
    or kpi is null
    or variant is null
    or period_grain is null
    or period_start is null
    or dimension is null
    or segment is null
