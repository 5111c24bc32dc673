{#- A view: `kpi_judgements` keeps its figures. -#}
{{ config(meta={'has_given_cuts': false}) }}

with periods as (

    select * from {{ ref('dim_periods') }}

),

variants as (

    select * from {{ ref('kpi_variants') }} where is_default

),

targets as (

    select * from {{ ref('kpi_targets') }}

),

default_targets as (

    select
        targets.kpi,
        targets.variant,
        targets.period_grain,
        targets.dimension,
        targets.segment,
        targets.valid_from,
        targets.target,
        targets.watch_level,
        variants.value_type = 'additive' as is_additive

    from targets

    inner join variants
        on
            targets.kpi = variants.kpi
            and targets.variant = variants.variant

),

years as (

    select * from periods where period_grain = 'year'

),

-- A week belongs to the year in which it begins. The company's own calendar has other years.
periods_of_years as (

    select
        periods.period_grain,
        periods.period_start,
        years.period_start as year_start,
        count(*) over (partition by periods.period_grain, years.period_start) as periods_per_year

    from periods

    inner join years
        on
            periods.period_start >= years.period_start
            and periods.period_start <= years.period_end

    where periods.period_grain in ('week', 'month', 'quarter', 'half_year')

),

possible_targets as (

    select
        default_targets.kpi,
        default_targets.variant,
        periods.period_grain,
        periods.period_start,
        default_targets.dimension,
        default_targets.segment,
        'target' as target_source,
        default_targets.valid_from,
        default_targets.target,
        default_targets.watch_level

    from default_targets

    inner join periods
        on
            default_targets.period_grain = periods.period_grain
            and default_targets.valid_from <= periods.period_start

    union all

    select
        default_targets.kpi,
        default_targets.variant,
        periods_of_years.period_grain,
        periods_of_years.period_start,
        default_targets.dimension,
        default_targets.segment,
        'spread_target' as target_source,
        default_targets.valid_from,
        {{ ratio('default_targets.target', 'periods_of_years.periods_per_year') }} as target,
        {{ ratio('default_targets.watch_level', 'periods_of_years.periods_per_year') }}
            as watch_level

    from default_targets

    inner join periods_of_years
        on default_targets.valid_from <= periods_of_years.year_start

    where
        default_targets.period_grain = 'year'
        and default_targets.is_additive

),

-- A target of the grain itself comes before one that is spread, the last one before earlier ones.
ranked as (

    select
        *,
        row_number() over (
            partition by kpi, variant, period_grain, period_start, dimension, segment
            order by
                case target_source when 'target' then 1 else 2 end asc,
                valid_from desc
        ) as place

    from possible_targets

),

final as (

    select
        kpi,
        variant,
        period_grain,
        period_start,
        dimension,
        segment,
        cast(target as {{ kpi_value_type() }}) as target,
        cast(watch_level as {{ kpi_value_type() }}) as watch_level,
        target_source

    from ranked

    where place = 1

)

select * from final
