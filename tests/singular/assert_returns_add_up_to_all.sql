/*
Claim: where a cut splits what marketing brings and not its costs (credit_cuts that are no
spend_cuts), the returns of the segments add up to that of `all`, and the cost of `all` stands
against each of them.
Why it could break: a segment without credits in a period that is dropped, costs that are spread
over such segments, a cost that stands in none or twice.
Not checked: whether a deal is in the right segment.
*/
with kpi_values as (

    select * from {{ ref('kpi_values') }} where kpi = 'marketing_roi'

),

totals as (

    select * from kpi_values where dimension = 'all'

),

segments as (

    select *

    from kpi_values

    where dimension in ('{{ cuts_of_credits_alone() | join("', '") }}')

),

sums as (

    select
        variant,
        period_grain,
        period_start,
        dimension,
        count(*) as segment_count,
        sum(numerator + denominator) as returned_amount,
        min(denominator) as lowest_cost,
        max(denominator) as highest_cost

    from segments

    group by
        variant,
        period_grain,
        period_start,
        dimension

),

-- A cut that is not there at all has no segments: there are no credits, or it is not set.
dimensions as (

    select distinct dimension from segments

),

-- One row for each period and cut. `all` is no cut, and none of these dimensions.
expected as (

    select
        *,
        dimension as cut

    from totals

    {%- for cut in cuts_of_credits_alone() %}

    union all

    select
        *,
        '{{ cut }}' as cut

    from totals
    {%- endfor %}

)

select
    expected.variant,
    expected.period_grain,
    expected.period_start,
    expected.cut as dimension,
    expected.numerator + expected.denominator as returned_amount,
    expected.denominator as cost,
    sums.segment_count,
    sums.returned_amount as returned_by_segment,
    sums.lowest_cost,
    sums.highest_cost

from expected

inner join dimensions
    on expected.cut = dimensions.dimension

left join sums
    on
        expected.variant = sums.variant
        and expected.period_grain = sums.period_grain
        and expected.period_start = sums.period_start
        and expected.cut = sums.dimension

where
    sums.returned_amount is distinct from expected.numerator + expected.denominator
    or sums.lowest_cost is distinct from expected.denominator
    or sums.highest_cost is distinct from expected.denominator
