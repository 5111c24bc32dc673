{#-
    From the project itself: what a KPI reads is what its SQL refers to, step by step, up to the
    input tables. A table, because what it lists changes with the project alone.
-#}
{{ config(materialized='table', meta={'has_given_cuts': false}) }}
{%- set tables_by_kpi = {} -%}
{%- set known = {} -%}
{%- if execute -%}
    {%- for node in graph.nodes.values()
        if node.fqn[1] == 'kpis' and node.name.startswith('kpi_') -%}
        {%- do tables_by_kpi.update({
            node.name | replace('kpi_', '', 1): inputs_behind(node.unique_id, known)
        }) -%}
    {%- endfor -%}
{%- endif %}
{%- set texts = [] -%}
{%- for kpi, tables in tables_by_kpi | dictsort -%}
    {%- do texts.append((kpi, '|' ~ tables | sort | join('|') ~ '|')) -%}
{%- endfor %}
with kpis as (

    {{ listed_rows(['kpi', 'table_names'], texts) }}

),

variants as (

    select
        kpi,
        '|' || replace(inputs, ' or ', '|') || '|' as table_names

    from {{ ref('kpi_variants') }}

    where is_default

),

loads as (

    select
        table_name,
        sum(row_count) as row_count,
        sum(rejected_row_count) as rejected_row_count,
        sum(blanked_row_count) as blanked_row_count,
        max(latest_date) as as_of,
        max(case when is_stale then 1 else 0 end) = 1 as is_stale

    from {{ ref('fct_input_loads') }}

    group by table_name

),

tables as (

    {{ listed_rows(['table_name'], input_tables() | batch(1)) }}

),

final as (

    select
        kpis.kpi,
        tables.table_name,
        coalesce(
            position(('|' || tables.table_name || '|') in variants.table_names) > 0, false
        ) as is_needed,
        cast(coalesce(loads.row_count, 0) as bigint) as row_count,
        cast(coalesce(loads.rejected_row_count, 0) as bigint) as rejected_row_count,
        cast(coalesce(loads.blanked_row_count, 0) as bigint) as blanked_row_count,
        loads.as_of,
        coalesce(loads.is_stale, false) as is_stale

    from kpis

    inner join tables
        on position(('|' || tables.table_name || '|') in kpis.table_names) > 0

    left join variants
        on kpis.kpi = variants.kpi

    left join loads
        on tables.table_name = loads.table_name

)

select * from final
