{#- A table: the scorecard and whoever tells what went off track compare its periods. -#}
{{ config(materialized='table', meta={'has_given_cuts': false}) }}

with periods as (

    select * from {{ ref('dim_periods') }} where has_begun

),

variants as (

    select * from {{ ref('kpi_variants') }} where is_default

),

judged_figures as (

    select * from {{ ref('kpi_judged_figures') }}

),

baselines as (

    select * from {{ ref('kpi_baselines') }}

),

targets as (

    select * from {{ ref('kpi_period_targets') }}

),

tolerances as (

    select * from {{ ref('kpi_tolerances') }}

),

tolerances_of_all as (

    select * from tolerances where kpi = 'all'

),

tolerances_of_kpis as (

    select
        variants.kpi,
        coalesce(tolerances.watch_spreads, tolerances_of_all.watch_spreads) as watch_spreads,
        coalesce(tolerances.off_track_spreads, tolerances_of_all.off_track_spreads)
            as off_track_spreads

    from variants

    cross join tolerances_of_all

    left join tolerances
        on variants.kpi = tolerances.kpi

),

-- Of a figure that is neither good nor bad, a watch level tells which side of the target is bad.
figures as (

    select
        judged_figures.kpi,
        judged_figures.variant,
        judged_figures.period_grain,
        judged_figures.period_start,
        judged_figures.period_end,
        judged_figures.dimension,
        judged_figures.segment,
        periods.previous_period_start,
        periods.previous_year_start,
        periods.is_latest_whole,
        judged_figures.value,
        judged_figures.null_reason,
        judged_figures.is_provisional,
        case
            when variants.direction != 'neutral' then variants.direction
            when targets.watch_level < targets.target then 'higher_is_better'
            when targets.watch_level > targets.target then 'lower_is_better'
            else 'neutral'
        end as judged_direction,
        baselines.baseline_mean,
        baselines.baseline_spread,
        baselines.baseline_count,
        targets.target,
        targets.watch_level,
        targets.target_source,
        tolerances_of_kpis.watch_spreads,
        tolerances_of_kpis.off_track_spreads

    from judged_figures

    inner join variants
        on
            judged_figures.kpi = variants.kpi
            and judged_figures.variant = variants.variant

    inner join periods
        on
            judged_figures.period_grain = periods.period_grain
            and judged_figures.period_start = periods.period_start

    inner join baselines
        on
            judged_figures.kpi = baselines.kpi
            and judged_figures.variant = baselines.variant
            and judged_figures.period_grain = baselines.period_grain
            and judged_figures.period_start = baselines.period_start
            and judged_figures.dimension = baselines.dimension
            and judged_figures.segment = baselines.segment

    inner join tolerances_of_kpis
        on judged_figures.kpi = tolerances_of_kpis.kpi

    left join targets
        on
            judged_figures.kpi = targets.kpi
            and judged_figures.variant = targets.variant
            and judged_figures.period_grain = targets.period_grain
            and judged_figures.period_start = targets.period_start
            and judged_figures.dimension = targets.dimension
            and judged_figures.segment = targets.segment

),

-- Distances are above 0 where the value is better, whichever direction that is.
distances as (

    select
        *,
        case judged_direction
            when 'higher_is_better' then value - target
            when 'lower_is_better' then target - value
        end as target_distance,
        case judged_direction
            when 'higher_is_better' then value - watch_level
            when 'lower_is_better' then watch_level - value
        end as watch_distance,
        case judged_direction
            when 'higher_is_better' then value - baseline_mean
            when 'lower_is_better' then baseline_mean - value
        end as baseline_distance

    from figures

),

judged as (

    select
        *,
        case
            when value is null or is_provisional then null
            when target is not null and judged_direction != 'neutral'
                then
                    case
                        when target_distance >= 0 then 'on_track'
                        when watch_distance >= 0 then 'watch'
                        else 'off_track'
                    end
            when judged_direction = 'neutral' then 'no_target'
            when baseline_mean is null then 'no_baseline'
            when baseline_distance < -1 * off_track_spreads * baseline_spread then 'off_track'
            when baseline_distance < -1 * watch_spreads * baseline_spread then 'watch'
            else 'on_track'
        end as status

    from distances

),

final as (

    select
        kpi,
        variant,
        period_grain,
        period_start,
        period_end,
        dimension,
        segment,
        previous_period_start,
        previous_year_start,
        is_latest_whole,
        value,
        null_reason,
        is_provisional,
        judged_direction,
        baseline_mean,
        baseline_spread,
        baseline_count,
        target,
        watch_level,
        cast(target_distance as {{ kpi_value_type() }}) as target_distance,
        cast(baseline_distance as {{ kpi_value_type() }}) as baseline_distance,
        watch_spreads,
        off_track_spreads,
        status,
        case
            when status is null or status in ('no_target', 'no_baseline') then null
            else coalesce(target_source, 'baseline')
        end as status_source

    from judged

)

select * from final
