{#-
    A table: many readers join it, and nothing in it is computed from data. The English
    meaning of a KPI is the description of its view, without its last sentence, the grain.
-#}
{{ config(materialized='table', meta={'has_given_cuts': false}) }}
{%- set descriptions = {} -%}
{%- if execute -%}
    {%- for node in graph.nodes.values()
        if node.fqn[1] == 'kpis' and node.name.startswith('kpi_') -%}
        {%- set words = node.description.split('One row per')[0].split() | join(' ') -%}
        {%- do descriptions.update({node.name | replace('kpi_', '', 1): words}) -%}
    {%- endfor -%}
{%- endif %}
with views as (

    {{ listed_rows(['kpi', 'description_en'], descriptions | dictsort) }}

),

kpis as (

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
        coalesce(views.description_en, kpis.description_en) as description_en,
        kpis.description_fr,
        default_variants.formula_en,
        default_variants.formula_fr,
        default_variants.unit,
        default_variants.value_type,
        default_variants.direction,
        default_variants.grains,
        kpis.lead_or_lag,
        kpis.team,
        kpis.aarrr_stage,
        kpis.scorecard_perspective,
        kpis.source_documents,
        variant_lists.variants,
        default_variants.variant as default_variant,
        kpis.status

    from kpis

    left join views
        on kpis.kpi = views.kpi

    left join default_variants
        on kpis.kpi = default_variants.kpi

    left join variant_lists
        on kpis.kpi = variant_lists.kpi

)

select * from final
