/*
Claim: in each period the segments of a dimension add up to `all`: counts, amounts, and both parts
of a ratio.
Why it could break: a join that multiplies or loses rows, a null segment that is dropped, a segment
that lacks a period, an entity that stands in two segments.
Not checked: whether a row is in the right segment; values, because quotients and medians do not add
up.
Left out, because they are no sums: the parts that kpi_variants does not call additive, such as the
visitors of a period, who can come through two channels; the accounts of plans (arpa): a customer of
two plans is in both segments and once in `all`; the months_since of a cohort, which are not its
parts but its ages; the return on marketing by what splits no cost (credit_cuts), which
assert_returns_add_up_to_all adds up; reasons that no source gives. The denominators of
cuts that kpi_rows calls shares of the total, such as churn_reason, are no sum, either: each is that
of `all`, and the largest is compared. A segment that won only deals without a known amount has no
yield or return, and a cost all the same.
*/
with kpi_values as (

    select * from {{ ref('kpi_values') }}

),

variants as (

    select * from {{ ref('kpi_variants') }}

),

shares_of_all as (

    select distinct
        kpi,
        variant,
        dimension

    from {{ ref('kpi_rows') }}

    where
        part = 'denominator'
        and is_of_total

),

reasons as (

    select distinct dimension from shares_of_all

),

parts as (

    select
        kpi_values.kpi,
        kpi_values.variant,
        kpi_values.period_grain,
        kpi_values.period_start,
        kpi_values.dimension,
        shares_of_all.dimension is not null as is_share_of_all,
        case
            when
                kpi_values.kpi in ('rep_yield', 'marketing_roi')
                and kpi_values.null_reason = 'no_source'
                then 1
            else 0
        end as is_unknown_gain,
        case when variants.additive_parts in ('all', 'numerator') then kpi_values.numerator end
            as numerator,
        case when variants.additive_parts in ('all', 'denominator') then kpi_values.denominator end
            as denominator

    from kpi_values

    inner join variants
        on
            kpi_values.kpi = variants.kpi
            and kpi_values.variant = variants.variant

    left join shares_of_all
        on
            kpi_values.kpi = shares_of_all.kpi
            and kpi_values.variant = shares_of_all.variant
            and kpi_values.dimension = shares_of_all.dimension

    left join reasons
        on kpi_values.dimension = reasons.dimension

    where
        variants.additive_parts != 'none'
        and kpi_values.dimension != 'months_since'
        and not (
            kpi_values.kpi = 'marketing_roi'
            and kpi_values.dimension in ('{{ cuts_of_credits_alone() | join("', '") }}')
        )
        and (
            reasons.dimension is null
            or kpi_values.numerator is not null
        )

),

sums as (

    select
        kpi,
        variant,
        period_grain,
        period_start,
        dimension,
        coalesce(sum(numerator), 0) as numerator,
        coalesce(
            case when is_share_of_all then max(denominator) else sum(denominator) end, 0
        ) as denominator,
        sum(is_unknown_gain) as unknown_gain_count

    from parts

    group by
        kpi,
        variant,
        period_grain,
        period_start,
        dimension,
        is_share_of_all

),

dimensions as (

    select distinct
        kpi,
        variant,
        dimension

    from sums

    where dimension != 'all'

),

-- A dimension without any segment in a period is a sum of nothing, not a sum that is not looked at.
expected as (

    select
        sums.kpi,
        sums.variant,
        sums.period_grain,
        sums.period_start,
        dimensions.dimension,
        sums.numerator,
        sums.denominator

    from sums

    inner join dimensions
        on
            sums.kpi = dimensions.kpi
            and sums.variant = dimensions.variant

    where sums.dimension = 'all'

)

select
    expected.*,
    sums.numerator as numerator_of_segments,
    sums.denominator as denominator_of_segments

from expected

left join sums
    on
        expected.kpi = sums.kpi
        and expected.variant = sums.variant
        and expected.period_grain = sums.period_grain
        and expected.period_start = sums.period_start
        and expected.dimension = sums.dimension

where
    coalesce(sums.unknown_gain_count, 0) = 0
    and (
        expected.numerator != coalesce(sums.numerator, 0)
        or (
            expected.denominator != coalesce(sums.denominator, 0)
            and not (expected.kpi = 'arpa' and expected.dimension = 'plan')
        )
    )
