{#- A table: many readers join it, and nothing in it is computed from data. -#}
{{ config(materialized='table', meta={'has_given_cuts': false}) }}
with kpis as (

    select * from {{ ref('kpis') }}

),

variants as (

    select * from {{ ref('kpi_variants') }}

),

default_variants as (

    select * from variants where is_default

),

variant_lists as (

    select
        kpi,
        {{ dbt.listagg('variant', "'|'", 'order by place') }} as variants

    from variants

    group by kpi

),

final as (

    select
        kpis.kpi,
        kpis.area,
        kpis.name_en,
        kpis.name_fr,
        kpis.description_en,
        kpis.description_fr,
        default_variants.formula,
        default_variants.unit,
        default_variants.value_type,
        default_variants.direction,
        kpis.lead_or_lag,
        kpis.team,
        kpis.aarrr_stage,
        kpis.scorecard_perspective,
        kpis.source_documents,
        variant_lists.variants,
        default_variants.variant as default_variant,
        kpis.status

    from kpis

    left join default_variants
        on kpis.kpi = default_variants.kpi

    left join variant_lists
        on kpis.kpi = variant_lists.kpi

)

select * from final
