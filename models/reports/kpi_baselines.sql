{#- A view: `kpi_judgements` keeps its figures. -#}
{{ config(meta={'has_given_cuts': false}) }}

with periods as (

    select * from {{ ref('dim_periods') }} where has_begun

),

judged_figures as (

    select * from {{ ref('kpi_judged_figures') }}

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
        judged_figures.kpi,
        judged_figures.variant,
        judged_figures.period_grain,
        judged_figures.period_start,
        judged_figures.dimension,
        judged_figures.segment,
        numbered_periods.period_number,
        numbered_periods.baseline_length,
        case when not judged_figures.is_provisional then judged_figures.value end as known_value

    from judged_figures

    inner join numbered_periods
        on
            judged_figures.period_grain = numbered_periods.period_grain
            and judged_figures.period_start = numbered_periods.period_start

),

pasts as (

    select
        figures.kpi,
        figures.variant,
        figures.period_grain,
        figures.period_start,
        figures.dimension,
        figures.segment,
        past.known_value

    from figures

    left join figures as past
        on
            figures.kpi = past.kpi
            and figures.variant = past.variant
            and figures.period_grain = past.period_grain
            and figures.dimension = past.dimension
            and figures.segment = past.segment
            and figures.period_number - figures.baseline_length <= past.period_number
            and figures.period_number > past.period_number

),

averaged as (

    select
        *,
        count(known_value) over of_figure as baseline_count,
        {{ ratio('sum(known_value) over of_figure', 'count(known_value) over of_figure') }}
            as baseline_mean,
        nullif(2 * max(abs(known_value)) over of_figure, 0) as widest_distance

    from pasts

    window
        of_figure as (
            partition by kpi, variant, period_grain, period_start, dimension, segment
        )

),

-- Sums of decimals are the same in any order, those of floating numbers are not: so distances from
-- the mean are squared as parts of the widest possible one.
deviations as (

    select
        *,
        cast({{ divide('known_value - baseline_mean', 'widest_distance') }} as decimal(18, 12))
            as deviation

    from averaged

),

squared as (

    select
        kpi,
        variant,
        period_grain,
        period_start,
        dimension,
        segment,
        baseline_count,
        baseline_mean,
        widest_distance,
        sum(deviation * deviation) as squares

    from deviations

    group by
        kpi,
        variant,
        period_grain,
        period_start,
        dimension,
        segment,
        baseline_count,
        baseline_mean,
        widest_distance

),

summed as (

    select
        *,
        case
            when widest_distance is null and baseline_count > 0 then 0
            else
                widest_distance
                * sqrt(
                    cast(squares as {{ type_double() }}) / nullif(baseline_count - 1, 0)
                )
        end as baseline_spread

    from squared

),

-- Rounded, so that a figure that never moved has no spread on any engine. Two figures make no
-- baseline: their spread is hardly ever that of the KPI.
final as (

    select
        kpi,
        variant,
        period_grain,
        period_start,
        dimension,
        segment,
        baseline_count,
        case when baseline_count >= 3 then cast(baseline_mean as {{ kpi_value_type() }}) end
            as baseline_mean,
        case when baseline_count >= 3 then cast(baseline_spread as {{ kpi_value_type() }}) end
            as baseline_spread

    from summed

)

select * from final
