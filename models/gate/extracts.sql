{#-
    The list comes from the connectors' YAML, so that a column is declared once. Where a seed says
    under which headers the reports of several tools have the columns, its rows stand beside them.
-#}
{%- set lines = [] -%}
{%- if execute -%}
    {%- for node in graph.sources.values() if node.source_name in var('connectors') -%}
        {%- set table = declared_meta(node) -%}
        {%- set is_loose = (node.source_meta or {}).get('loose_names', false) -%}
        {%- set format = extract_format(node.source_name) -%}
        {%- set report = table.get('report', {}) -%}
        {%- for column in node.columns.values() -%}
            {%- set meta = declared_meta(column) -%}
            {%- do lines.append({
                'connector': node.source_name,
                'extract_name': node.name,
                'candidate_paths': extract_candidates(node.source_name, node.name) | join('|'),
                'is_optional_extract': table.get('optional', false),
                'column_name': column.name,
                'other_names': meta.get('names', []) | join('|'),
                'is_optional_column': meta.get('optional', false),
                'has_loose_names': is_loose,
                'delimiter': format.delimiter,
                'quote_mark': format.quote,
                'encoding': format.encoding,
                'report_day': report.get('day', ''),
                'report_entries': report.get('entries', []) | join(','),
                'report_sameness': report.get('same', []) | join(','),
                'report_shape': '',
            }) -%}
        {%- endfor -%}
    {%- endfor -%}
{%- endif -%}
{%- for line in lines %}
select
    {%- for name, value in line.items() %}
    {% set cell = "'" ~ escape_single_quotes(value | string) ~ "'" -%}
    {{ value | lower if value is boolean else cell }} as {{ name }}
    {{- ',' if not loop.last }}
    {%- endfor %}
{{ 'union all' if not loop.last }}
{%- else %}
select
    cast(null as varchar) as connector,
    cast(null as varchar) as extract_name,
    cast(null as varchar) as candidate_paths,
    cast(null as boolean) as is_optional_extract,
    cast(null as varchar) as column_name,
    cast(null as varchar) as other_names,
    cast(null as boolean) as is_optional_column,
    cast(null as boolean) as has_loose_names,
    cast(null as varchar) as delimiter,
    cast(null as varchar) as quote_mark,
    cast(null as varchar) as encoding,
    cast(null as varchar) as report_day,
    cast(null as varchar) as report_entries,
    cast(null as varchar) as report_sameness,
    cast(null as varchar) as report_shape
where false
{%- endfor %}
{%- for connector, seed in seeds_of_shapes().items() if connector_is_active(connector) %}

union all

select
    '{{ connector }}' as connector,
    '{{ connector }}' as extract_name,
    '' as candidate_paths,
    false as is_optional_extract,
    column_name,
    {{ dbt.listagg('header', "'|'") }} as other_names,
    false as is_optional_column,
    false as has_loose_names,
    '' as delimiter,
    '' as quote_mark,
    '' as encoding,
    '' as report_day,
    '' as report_entries,
    '' as report_sameness,
    platform as report_shape

from {{ ref(seed) }}

group by platform, column_name
{%- endfor %}
