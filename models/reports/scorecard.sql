{#- A table: boards sort and filter it. -#}
{{ config(materialized='table', meta={'has_given_cuts': false}) }}

with judgements as (

    select * from {{ ref('kpi_judgements') }} where dimension = 'all'

),

latest as (

    select * from judgements where is_latest_whole

),

catalog as (

    select * from {{ ref('kpi_catalog') }}

),

variants as (

    select * from {{ ref('kpi_variants') }}

),

annotations as (

    select * from {{ ref('annotations') }}

),

annotated as (

    select
        latest.kpi,
        latest.period_grain,
        annotations.annotation_date,
        annotations.text_en,
        annotations.text_fr

    from latest

    inner join annotations
        on
            coalesce(annotations.kpi, 'all') in ('all', latest.kpi)
            and latest.period_start <= annotations.annotation_date
            and latest.period_end >= annotations.annotation_date

),

annotation_lists as (

    select
        kpi,
        period_grain,
        {{ dbt.listagg('text_en', "'; '", 'order by annotation_date, text_en') }} as annotations_en,
        {{ dbt.listagg('text_fr', "' ; '", 'order by annotation_date, text_en') }}
            as annotations_fr

    from annotated

    group by
        kpi,
        period_grain

),

compared as (

    select
        latest.*,
        previous.value as previous_value,
        previous.status as previous_status,
        previous.is_provisional as is_previous_provisional,
        year_before.value as previous_year_value,
        latest.value - previous.value as change,
        latest.value - year_before.value as change_year

    from latest

    left join judgements as previous
        on
            latest.kpi = previous.kpi
            and latest.period_grain = previous.period_grain
            and latest.previous_period_start = previous.period_start

    left join judgements as year_before
        on
            latest.kpi = year_before.kpi
            and latest.period_grain = year_before.period_grain
            and latest.previous_year_start = year_before.period_start

),

final as (

    select
        compared.kpi,
        compared.variant,
        catalog.name_en,
        catalog.name_fr,
        compared.period_grain,
        compared.period_start,
        compared.period_end,
        compared.value,
        compared.null_reason,
        compared.is_provisional,
        variants.unit,
        variants.value_type,
        variants.direction,
        compared.previous_value,
        compared.previous_year_value,
        cast(compared.change as {{ kpi_value_type() }}) as change,
        cast(compared.change_year as {{ kpi_value_type() }}) as change_year,
        compared.baseline_mean,
        compared.baseline_spread,
        compared.baseline_count,
        compared.baseline_distance,
        compared.target,
        compared.watch_level,
        compared.target_distance,
        compared.status,
        compared.status_source,
        case
            when
                compared.change is null
                or compared.is_provisional
                or compared.is_previous_provisional
                or compared.judged_direction = 'neutral'
                then null
            when
                abs(compared.change)
                <= coalesce(compared.watch_spreads * compared.baseline_spread, 0)
                then 'steady'
            when
                (compared.change > 0) = (compared.judged_direction = 'higher_is_better')
                then 'better'
            else 'worse'
        end as trend,
        compared.previous_status,
        compared.judged_direction,
        compared.off_track_spreads,
        catalog.lead_or_lag,
        catalog.team,
        catalog.aarrr_stage,
        catalog.scorecard_perspective,
        annotation_lists.annotations_en,
        annotation_lists.annotations_fr

    from compared

    inner join catalog
        on compared.kpi = catalog.kpi

    inner join variants
        on
            compared.kpi = variants.kpi
            and compared.variant = variants.variant

    left join annotation_lists
        on
            compared.kpi = annotation_lists.kpi
            and compared.period_grain = annotation_lists.period_grain

)

select * from final
