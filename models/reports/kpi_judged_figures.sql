{#- A table: baselines and judgements read its figures, a few thousand among millions. -#}
{{ config(materialized='table', meta={'has_given_cuts': false}) }}

with variants as (

    select * from {{ ref('kpi_variants') }} where is_default

),

totals as (

    select * from {{ ref('kpi_values') }} where dimension = 'all'

),

segment_values as (

    select * from {{ ref('kpi_values') }} where dimension != 'all'

),

targets as (

    select * from {{ ref('kpi_targets') }} where dimension != 'all'

),

aimed_segments as (

    select distinct
        targets.kpi,
        targets.variant,
        targets.dimension,
        targets.segment

    from targets

    inner join variants
        on
            targets.kpi = variants.kpi
            and targets.variant = variants.variant

),

final as (

    select
        totals.kpi,
        totals.variant,
        totals.period_grain,
        totals.period_start,
        totals.period_end,
        totals.dimension,
        totals.segment,
        totals.value,
        totals.null_reason,
        totals.is_provisional

    from totals

    inner join variants
        on
            totals.kpi = variants.kpi
            and totals.variant = variants.variant

    union all

    select
        segment_values.kpi,
        segment_values.variant,
        segment_values.period_grain,
        segment_values.period_start,
        segment_values.period_end,
        segment_values.dimension,
        segment_values.segment,
        segment_values.value,
        segment_values.null_reason,
        segment_values.is_provisional

    from segment_values

    inner join aimed_segments
        on
            segment_values.kpi = aimed_segments.kpi
            and segment_values.variant = aimed_segments.variant
            and segment_values.dimension = aimed_segments.dimension
            and segment_values.segment = aimed_segments.segment

)

select * from final
