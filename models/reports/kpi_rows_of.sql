{#-
    What a row adds to a figure is taken from the aggregates themselves: each is rendered once more,
    to say what it counts (macros/rows_of_kpis.sql).
-#}
{{ config(
    materialized='table',
    meta={'has_given_cuts': false},
    post_hook="{{ create_macros_of_kpi_rows() }}",
) }}
{%- set measures = described_measures() %}
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

    {% for measure in measures %}
    select
        '{{ measure.aggregate }}' as aggregate,
        '{{ measure.measure }}' as measure,
        '{{ measure.record_type }}' as record_type,
        '{{ measure.mart }}' as mart,
        {{ "'" ~ escape_single_quotes(measure.population_condition) ~ "'"
            if measure.population_condition else 'null' }} as population_condition,
        {{ measure.is_prepared | lower }} as is_prepared,
        {{ "'" ~ measure.date_column ~ "'" if measure.date_column else 'null' }} as date_column,
        '{{ escape_single_quotes(measure.sql) }}' as measure_sql,
        '{{ measure.cuts }}' as cut_columns
    {% if not loop.last %}union all{% endif %}
    {% else %}
    select
        cast(null as varchar) as aggregate,
        cast(null as varchar) as measure,
        cast(null as varchar) as record_type,
        cast(null as varchar) as mart,
        cast(null as varchar) as population_condition,
        cast(null as boolean) as is_prepared,
        cast(null as varchar) as date_column,
        cast(null as varchar) as measure_sql,
        cast(null as varchar) as cut_columns
    where false
    {% endfor %}

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
