{#- The list comes from the connectors' YAML, so that a column is declared once. -#}
{%- set lines = [] -%}
{%- if execute -%}
    {%- for node in graph.sources.values() if node.source_name in var('connectors') -%}
        {%- set table = declared_meta(node) -%}
        {%- set is_loose = (node.source_meta or {}).get('loose_names', false) -%}
        {%- set format = extract_format(node.source_name) -%}
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
    cast(null as varchar) as encoding
where false
{%- endfor %}
