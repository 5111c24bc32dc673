{#- A view: `kpi_judgements` keeps its figures. -#}
{{ config(meta={'has_given_cuts': false}) }}

with periods as (

    select * from {{ ref('dim_periods') }} where has_begun

),

variants as (

    select * from {{ ref('kpi_variants') }} where is_default

),

totals as (

    select * from {{ ref('kpi_values') }} where dimension = 'all'

),

-- A company's own calendar of weeks has the same lengths.
numbered_periods as (

    select
        period_grain,
        period_start,
        row_number() over (partition by period_grain order by period_start) as period_number,
        case replace(period_grain, 'company_', '')
            when 'year' then 3
            when 'half_year' then 8
            when 'quarter' then 8
            else 12
        end as baseline_length

    from periods

),

figures as (

    select
        totals.kpi,
        totals.variant,
        totals.period_grain,
        totals.period_start,
        numbered_periods.period_number,
        numbered_periods.baseline_length,
        case when not totals.is_provisional then totals.value end as known_value

    from totals

    inner join variants
        on
            totals.kpi = variants.kpi
            and totals.variant = variants.variant

    inner join numbered_periods
        on
            totals.period_grain = numbered_periods.period_grain
            and totals.period_start = numbered_periods.period_start

),

pasts as (

    select
        figures.kpi,
        figures.variant,
        figures.period_grain,
        figures.period_start,
        past.known_value

    from figures

    left join figures as past
        on
            figures.kpi = past.kpi
            and figures.variant = past.variant
            and figures.period_grain = past.period_grain
            and figures.period_number - figures.baseline_length <= past.period_number
            and figures.period_number > past.period_number

),

averaged as (

    select
        kpi,
        variant,
        period_grain,
        period_start,
        count(known_value) as baseline_count,
        {{ ratio('sum(known_value)', 'count(known_value)') }} as baseline_mean,
        nullif(2 * max(abs(known_value)), 0) as widest_distance

    from pasts

    group by
        kpi,
        variant,
        period_grain,
        period_start

),

-- Sums of decimals are the same in any order, those of floating numbers are not: so distances from
-- the mean are squared as parts of the widest possible one.
deviations as (

    select
        pasts.kpi,
        pasts.variant,
        pasts.period_grain,
        pasts.period_start,
        cast(
            (pasts.known_value - averaged.baseline_mean) / averaged.widest_distance
            as decimal(18, 12)
        ) as deviation

    from pasts

    inner join averaged
        on
            pasts.kpi = averaged.kpi
            and pasts.variant = averaged.variant
            and pasts.period_grain = averaged.period_grain
            and pasts.period_start = averaged.period_start

),

squared as (

    select
        kpi,
        variant,
        period_grain,
        period_start,
        sum(deviation * deviation) as squares

    from deviations

    group by
        kpi,
        variant,
        period_grain,
        period_start

),

summed as (

    select
        averaged.kpi,
        averaged.variant,
        averaged.period_grain,
        averaged.period_start,
        averaged.baseline_count,
        averaged.baseline_mean,
        case
            when averaged.widest_distance is null and averaged.baseline_count > 0 then 0
            else
                averaged.widest_distance
                * sqrt(
                    cast(squared.squares as {{ type_double() }})
                    / nullif(averaged.baseline_count - 1, 0)
                )
        end as baseline_spread

    from averaged

    inner join squared
        on
            averaged.kpi = squared.kpi
            and averaged.variant = squared.variant
            and averaged.period_grain = squared.period_grain
            and averaged.period_start = squared.period_start

),

-- Rounded, so that a figure that never moved has no spread on any engine. Two figures make no
-- baseline: their spread is hardly ever that of the KPI.
final as (

    select
        kpi,
        variant,
        period_grain,
        period_start,
        baseline_count,
        case when baseline_count >= 3 then cast(baseline_mean as {{ kpi_value_type() }}) end
            as baseline_mean,
        case when baseline_count >= 3 then cast(baseline_spread as {{ kpi_value_type() }}) end
            as baseline_spread

    from summed

)

select * from final
