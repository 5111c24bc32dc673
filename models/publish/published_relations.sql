{#-
    From the project itself: tables that an older version of it left in the build file are not
    published. Its descriptions become comments of the published file only: in the build file, where
    dbt would write them one by one, they take an eighth of the build.
-#}
{%- set relations = [] -%}
{%- if execute -%}
    {%- for node in graph.nodes.values()
        if node.resource_type in ('model', 'seed')
        and node.schema in ('marts', 'aggregates', 'kpis') -%}
        {%- set columns = {} -%}
        {%- for column in node.columns.values() -%}
            {%- do columns.update({column.name: column.description}) -%}
        {%- endfor -%}
        {%- do relations.append((node.schema, node.alias, node.description, tojson(columns))) -%}
    {%- endfor -%}
{%- endif -%}
{%- for relation in relations | sort %}
select
    '{{ relation[0] }}' as schema_name,
    '{{ relation[1] }}' as relation_name,
    '{{ escape_single_quotes(relation[2]) }}' as description,
    '{{ escape_single_quotes(relation[3]) }}' as column_descriptions
{% if not loop.last %}union all{% endif %}
{%- else %}
select
    cast(null as varchar) as schema_name,
    cast(null as varchar) as relation_name,
    cast(null as varchar) as description,
    cast(null as varchar) as column_descriptions
where false
{%- endfor %}
