{#-
    What a row adds to a figure is taken from the aggregates themselves: each is rendered once more,
    to say what it counts (macros/rows_of_kpis.sql).
-#}
{{ config(
    materialized='table',
    meta={'has_given_cuts': false},
    post_hook="{{ create_macros_of_kpi_rows() }}",
) }}
{%- set texts = [] -%}
{%- for measure in described_measures() -%}
    {%- do texts.append((
        measure.aggregate, measure.measure, measure.record_type, measure.mart,
        measure.population_condition or none, measure.is_prepared, measure.date_column or none,
        measure.sql, measure.cuts,
    )) -%}
{%- endfor %}
-- depends_on: {{ ref('kpi_values') }}
with listed as (

    select
        *,
        row_number() over (
            partition by kpi, variant, part
            order by dimension asc nulls last, segment asc nulls last, measure asc, factor desc
        ) as row_place

    from {{ ref('kpi_rows') }}

),

variants as (

    select * from {{ ref('kpi_variants') }}

),

default_variants as (

    select * from variants where is_default

),

reasons as (

    select * from {{ ref('row_reasons') }}

),

measures as (

    {{ listed_rows([
        'aggregate', 'measure', 'record_type', 'mart', 'population_condition', 'is_prepared',
        'date_column', 'measure_sql', 'cut_columns',
    ], texts) }}

),

final as (

    select
        listed.kpi,
        listed.variant,
        listed.part,
        listed.dimension,
        listed.segment,
        measures.record_type,
        measures.mart,
        measures.population_condition,
        measures.is_prepared,
        measures.measure_sql,
        listed.factor,
        measures.date_column,
        measures.cut_columns,
        coalesce(listed.is_of_total, false) as is_of_total,
        case
            when listed.aggregate is not null then 'kpis.rows_of_' || listed.kpi
        end as macro_name,
        listed.aggregate,
        listed.measure,
        reasons.words_en as why_no_rows_en,
        reasons.words_fr as why_no_rows_fr,
        default_variants.variant as default_variant,
        variants.place as variant_place,
        cast(listed.row_place as bigint) as row_place

    from listed

    inner join variants
        on
            listed.kpi = variants.kpi
            and listed.variant = variants.variant

    inner join default_variants
        on listed.kpi = default_variants.kpi

    left join measures
        on
            listed.aggregate = measures.aggregate
            and listed.measure = measures.measure

    left join reasons
        on listed.reason = reasons.reason

)

select * from final
