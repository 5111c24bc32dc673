{#-
    A view: of all periods it has millions of rows. The KPIs are imported once for each use, and
    no CTE of theirs is read twice: so conditions of a query reach the table before it is joined.
-#}
{{ config(meta={'has_given_cuts': false}) }}

with periods as (

    select * from {{ ref('dim_periods') }} where has_begun

),

{{ compared_periods() }},

segment_values as (

    select *

    from {{ ref('kpi_values') }}

    where dimension not in ('all', 'months_since')

),

total_values as (

    select * from {{ ref('kpi_values') }} where dimension = 'all'

),

compared_total_values as (

    select * from {{ ref('kpi_values') }} where dimension = 'all'

),

movement_values as (

    select
        *,
        'mrr' as moved_kpi,
        'standard' as moved_variant

    from {{ ref('kpi_values') }}

    where
        kpi = 'mrr_movements'
        and variant = 'standard'
        and dimension = 'movement'

),

-- Medians, distinct counts and differences of ratios are no sum over segments.
divisible as (

    select
        kpi,
        variant,
        is_default,
        value_type = 'ratio' as is_ratio

    from {{ ref('kpi_variants') }}

    where value_type != 'non_additive'

),

comparisons as (

    select
        periods.period_grain,
        periods.period_start,
        periods.period_end,
        periods.is_latest_whole,
        compared.comparison,
        compared.compared_start

    from periods

    inner join compared
        on
            periods.period_grain = compared.period_grain
            and periods.period_start = compared.period_start

),

-- Each figure is used in its own period, and in those that are compared with it.
uses as (

    select
        *,
        period_start as figure_start,
        true as is_now

    from comparisons

    union all

    select
        *,
        compared_start as figure_start,
        false as is_now

    from comparisons

),

totals as (

    select
        now.kpi,
        now.variant,
        now.period_grain,
        now.period_start,
        comparisons.comparison,
        divisible.is_ratio,
        now.numerator as total_numerator,
        now.denominator as total_denominator,
        now.value as total_value,
        earlier.numerator as total_compared_numerator,
        earlier.denominator as total_compared_denominator,
        earlier.value as total_compared_value,
        now.is_provisional or earlier.is_provisional as is_provisional

    from total_values as now

    inner join comparisons
        on
            now.period_grain = comparisons.period_grain
            and now.period_start = comparisons.period_start

    inner join compared_total_values as earlier
        on
            now.kpi = earlier.kpi
            and now.variant = earlier.variant
            and comparisons.period_grain = earlier.period_grain
            and comparisons.compared_start = earlier.period_start

    inner join divisible
        on
            now.kpi = divisible.kpi
            and now.variant = divisible.variant

    where
        now.value is not null
        and earlier.value is not null

),

-- Which variant is the default one is asked here, so that a query of it alone sums up no others.
-- A segment without anything in both periods has no part. Ages of a cohort are no parts of it, and
-- where a cut splits returns and no costs, the segments have no rate of their own.
segments as (

    select
        segment_values.kpi,
        segment_values.variant,
        divisible.is_default,
        segment_values.period_grain,
        uses.period_start,
        uses.period_end,
        uses.is_latest_whole,
        uses.comparison,
        uses.compared_start,
        segment_values.dimension,
        segment_values.segment,
        max(case when uses.is_now then segment_values.numerator end) as numerator,
        max(case when uses.is_now then segment_values.denominator end) as denominator,
        max(case when uses.is_now then segment_values.value end) as value,
        max(case when not uses.is_now then segment_values.numerator end) as compared_numerator,
        max(case when not uses.is_now then segment_values.denominator end) as compared_denominator,
        max(case when not uses.is_now then segment_values.value end) as compared_value

    from segment_values

    inner join uses
        on
            segment_values.period_grain = uses.period_grain
            and segment_values.period_start = uses.figure_start

    inner join divisible
        on
            segment_values.kpi = divisible.kpi
            and segment_values.variant = divisible.variant

    where
        (segment_values.numerator != 0 or segment_values.denominator != 0)
        and not (
            segment_values.kpi = 'marketing_roi'
            and segment_values.dimension in ('{{ cuts_of_credits_alone() | join("', '") }}')
        )

    group by
        segment_values.kpi,
        segment_values.variant,
        divisible.is_default,
        segment_values.period_grain,
        uses.period_start,
        uses.period_end,
        uses.is_latest_whole,
        uses.comparison,
        uses.compared_start,
        segment_values.dimension,
        segment_values.segment

),

-- The change of MRR is the sum of its movements since the period that it is compared with.
movements as (

    select
        divisible.kpi,
        divisible.variant,
        divisible.is_default,
        comparisons.period_grain,
        comparisons.period_start,
        comparisons.period_end,
        comparisons.is_latest_whole,
        comparisons.comparison,
        comparisons.compared_start,
        'movement' as dimension,
        movement_values.segment,
        sum(movement_values.value) as numerator,
        cast(null as {{ kpi_part_type() }}) as denominator,
        sum(movement_values.value) as value,
        cast(null as {{ kpi_part_type() }}) as compared_numerator,
        cast(null as {{ kpi_part_type() }}) as compared_denominator,
        cast(null as {{ kpi_value_type() }}) as compared_value

    from movement_values

    inner join comparisons
        on
            movement_values.period_grain = comparisons.period_grain
            and movement_values.period_start > comparisons.compared_start
            and movement_values.period_start <= comparisons.period_start

    inner join divisible
        on
            movement_values.moved_kpi = divisible.kpi
            and movement_values.moved_variant = divisible.variant

    where movement_values.value != 0

    group by
        divisible.kpi,
        divisible.variant,
        divisible.is_default,
        comparisons.period_grain,
        comparisons.period_start,
        comparisons.period_end,
        comparisons.is_latest_whole,
        comparisons.comparison,
        comparisons.compared_start,
        movement_values.segment

),

all_segments as (

    select
        *,
        false as is_movement

    from segments

    union all

    select
        *,
        true as is_movement

    from movements

),

-- A reason has the deals or customers that were lost for it, and all of them could have been.
shares_of_all as (

    select distinct
        kpi,
        variant,
        dimension,
        true as is_share_of_all

    from {{ ref('kpi_rows_of') }}

    where
        part = 'denominator'
        and is_of_total

),

beside_totals as (

    select
        all_segments.*,
        totals.is_ratio,
        totals.is_ratio and coalesce(shares_of_all.is_share_of_all, false)
            as has_denominator_of_all,
        totals.total_denominator,
        totals.total_compared_denominator,
        totals.total_value,
        totals.total_compared_value,
        totals.is_provisional,
        case
            when all_segments.is_movement then totals.total_value - totals.total_compared_value
            else totals.total_numerator
        end as total_numerator,
        case when all_segments.is_movement then 0 else totals.total_compared_numerator end
            as total_compared_numerator

    from all_segments

    inner join totals
        on
            all_segments.kpi = totals.kpi
            and all_segments.variant = totals.variant
            and all_segments.period_grain = totals.period_grain
            and all_segments.period_start = totals.period_start
            and all_segments.comparison = totals.comparison

    left join shares_of_all
        on
            all_segments.kpi = shares_of_all.kpi
            and all_segments.variant = shares_of_all.variant
            and all_segments.dimension = shares_of_all.dimension

),

-- Customers of two plans are in both, and once in `all`.
left_over as (

    select
        *,
        row_number() over (of_dimension order by segment) as place,
        total_numerator - sum(coalesce(numerator, 0)) over of_dimension as left_numerator,
        total_compared_numerator - sum(coalesce(compared_numerator, 0)) over of_dimension
            as left_compared_numerator,
        case
            when is_ratio and not has_denominator_of_all
                then total_denominator - sum(coalesce(denominator, 0)) over of_dimension
        end as left_denominator,
        case
            when is_ratio and not has_denominator_of_all
                then
                    total_compared_denominator
                    - sum(coalesce(compared_denominator, 0)) over of_dimension
        end as left_compared_denominator

    from beside_totals

    window
        of_dimension as (
            partition by
                kpi, variant, is_default, period_grain, period_start, is_latest_whole, comparison,
                dimension
        )

),

{{ listed('kinds', 'kind', ['segment', '(remainder)']) }},

final as (

    select
        left_over.kpi,
        left_over.variant,
        left_over.is_default,
        left_over.period_grain,
        left_over.period_start,
        left_over.period_end,
        left_over.is_latest_whole,
        left_over.comparison,
        left_over.compared_start,
        left_over.dimension,
        case kinds.kind when 'segment' then left_over.segment else kinds.kind end as segment,
        {%- for part in [
            'numerator', 'denominator', 'compared_numerator', 'compared_denominator'
        ] %}
        cast(
            case kinds.kind
                when 'segment' then left_over.{{ part }}
                else left_over.left_{{ part }}
            end as {{ kpi_part_type() }}
        ) as {{ part }},
        {%- endfor %}
        cast(case kinds.kind when 'segment' then left_over.value end as {{ kpi_value_type() }})
            as value,
        cast(
            case kinds.kind when 'segment' then left_over.compared_value end
            as {{ kpi_value_type() }}
        ) as compared_value,
        left_over.total_denominator,
        left_over.total_compared_denominator,
        left_over.total_value,
        left_over.total_compared_value,
        left_over.is_ratio,
        left_over.has_denominator_of_all,
        left_over.is_provisional

    from left_over

    inner join kinds
        on
            kinds.kind = 'segment'
            or (
                left_over.place = 1
                and (
                    left_over.left_numerator != 0
                    or left_over.left_compared_numerator != 0
                    or left_over.left_denominator != 0
                    or left_over.left_compared_denominator != 0
                )
            )

)

select * from final
