{#-
    From the project itself: tables that an older version of it left in the build file are not
    published. Its descriptions become comments of the published file only: in the build file, where
    dbt would write them one by one, they take an eighth of the build.
-#}
{%- set relations = [] -%}
{%- set keys = {} -%}
{%- if execute -%}
    {#- Where no constraint tells the key (its index would be large), the description does. -#}
    {%- for node in graph.nodes.values()
        if node.resource_type == 'test' and node.test_metadata
        and node.test_metadata.name == 'grain_is' -%}
        {%- do keys.update({node.attached_node: node.test_metadata.kwargs.columns}) -%}
    {%- endfor -%}
    {%- for node in graph.nodes.values()
        if node.resource_type in ('model', 'seed')
        and node.schema in ('marts', 'aggregates', 'kpis') -%}
        {%- set columns = {} -%}
        {%- for column in node.columns.values() -%}
            {%- do columns.update({column.name: column.description}) -%}
        {%- endfor -%}
        {%- set description = node.description | trim -%}
        {%- if node.unique_id in keys -%}
            {%- set key = keys[node.unique_id] | join(', ') -%}
            {%- set description = description ~ ' Key: ' ~ key ~ '.' -%}
        {%- endif -%}
        {%- do relations.append((node.schema, node.alias, description, tojson(columns))) -%}
    {%- endfor -%}
{%- endif -%}
{%- for relation in relations | sort %}
select
    '{{ relation[0] }}' as schema_name,
    '{{ relation[1] }}' as relation_name,
    '{{ escape_single_quotes(relation[2]) }}' as description,
    '{{ escape_single_quotes(relation[3]) }}' as column_descriptions
{{ 'union all' if not loop.last }}
{%- else %}
select
    cast(null as varchar) as schema_name,
    cast(null as varchar) as relation_name,
    cast(null as varchar) as description,
    cast(null as varchar) as column_descriptions
where false
{%- endfor %}
