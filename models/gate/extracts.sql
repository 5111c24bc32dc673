{#- The list comes from the connectors' YAML, so that a column is declared once. -#}
{%- set lines = [] -%}
{%- if execute -%}
    {%- for node in graph.sources.values() if node.source_name in var('connectors') -%}
        {%- set candidates = extract_candidates(node.source_name, node.name) -%}
        {%- for column in node.columns -%}
            {%- do lines.append([node.source_name, node.name, candidates | join('|'), column]) -%}
        {%- endfor -%}
    {%- endfor -%}
{%- endif -%}
{%- for line in lines %}
select
    '{{ line[0] }}' as connector,
    '{{ line[1] }}' as extract_name,
    '{{ escape_single_quotes(line[2]) }}' as candidate_paths,
    '{{ line[3] }}' as column_name
{{ 'union all' if not loop.last }}
{%- else %}
select
    cast(null as varchar) as connector,
    cast(null as varchar) as extract_name,
    cast(null as varchar) as candidate_paths,
    cast(null as varchar) as column_name
where false
{%- endfor %}
