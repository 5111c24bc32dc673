/*
Claim: in the latest whole quarter the parts of every change add up to it, to the last decimal: of
each KPI and variant that is a sum over segments, for each of its dimensions, against the quarter
before and the year before. Own rate and mix add up to the part, and no segment stands twice.
Why it could break: a segment that appeared or vanished and is dropped, a remainder that is not
named, rounding that goes nowhere, a dimension that is not split.
Not checked: all other periods, whose millions of parts would cost many seconds of each build, and
whether a part is the right one: tests/python/test_steering.py computes all of them a second time.
*/
with drivers as (

    select *

    from {{ ref('kpi_drivers') }}

    where
        is_latest_whole
        and period_grain = 'quarter'

),

kpi_values as (

    select * from {{ ref('kpi_values') }} where period_grain = 'quarter'

),

periods as (

    select *

    from {{ ref('dim_periods') }}

    where
        is_latest_whole
        and period_grain = 'quarter'

),

{{ compared_periods() }},

divisible as (

    select * from {{ ref('kpi_variants') }} where value_type != 'non_additive'

),

totals as (

    select * from kpi_values where dimension = 'all'

),

-- Ages of a cohort are no parts of it; cuts of returns without costs are compared nowhere.
dimensions as (

    select distinct
        kpi_values.kpi,
        kpi_values.variant,
        kpi_values.period_grain,
        kpi_values.period_start,
        kpi_values.dimension

    from kpi_values

    inner join periods
        on
            kpi_values.period_grain = periods.period_grain
            and kpi_values.period_start = periods.period_start

    inner join divisible
        on
            kpi_values.kpi = divisible.kpi
            and kpi_values.variant = divisible.variant

    where
        kpi_values.dimension not in ('all', 'months_since')
        and (kpi_values.numerator != 0 or kpi_values.denominator != 0)
        and not (
            kpi_values.kpi = 'marketing_roi'
            and kpi_values.dimension in ('{{ cuts_of_credits_alone() | join("', '") }}')
        )

),

expected as (

    select
        dimensions.*,
        compared.comparison,
        totals.value - earlier.value as total_change

    from dimensions

    inner join compared
        on
            dimensions.period_grain = compared.period_grain
            and dimensions.period_start = compared.period_start

    inner join totals
        on
            dimensions.kpi = totals.kpi
            and dimensions.variant = totals.variant
            and dimensions.period_grain = totals.period_grain
            and dimensions.period_start = totals.period_start

    inner join totals as earlier
        on
            dimensions.kpi = earlier.kpi
            and dimensions.variant = earlier.variant
            and dimensions.period_grain = earlier.period_grain
            and compared.compared_start = earlier.period_start

    where
        totals.value is not null
        and earlier.value is not null

),

sums as (

    select
        kpi,
        variant,
        period_grain,
        period_start,
        comparison,
        dimension,
        sum(change_part) as change_of_parts,
        count(*) - count(distinct segment) as repeated_count,
        count(case when own_rate_part + mix_part != change_part then 1 end) as unequal_count,
        min(total_change) as lowest_total_change,
        max(total_change) as highest_total_change

    from drivers

    group by
        kpi,
        variant,
        period_grain,
        period_start,
        comparison,
        dimension

)

select
    expected.*,
    sums.change_of_parts,
    sums.repeated_count,
    sums.unequal_count

from expected

left join sums
    on
        expected.kpi = sums.kpi
        and expected.variant = sums.variant
        and expected.period_grain = sums.period_grain
        and expected.period_start = sums.period_start
        and expected.comparison = sums.comparison
        and expected.dimension = sums.dimension

where
    sums.kpi is null
    or expected.total_change != sums.change_of_parts
    or expected.total_change != sums.lowest_total_change
    or expected.total_change != sums.highest_total_change
    or sums.repeated_count != 0
    or sums.unequal_count != 0
