{#-
    From the project itself: what an older version of it left in the build file is not published.
-#}
{%- set relations = [] -%}
{%- if execute -%}
    {%- for node in graph.nodes.values()
        if node.resource_type in ('model', 'seed') and node.schema in ('marts', 'kpis') -%}
        {%- do relations.append((node.schema, node.alias)) -%}
    {%- endfor -%}
{%- endif -%}
{%- for relation in relations | sort %}
select
    '{{ relation[0] }}' as schema_name,
    '{{ relation[1] }}' as relation_name
{% if not loop.last %}union all{% endif %}
{%- else %}
select
    cast(null as varchar) as schema_name,
    cast(null as varchar) as relation_name
where false
{%- endfor %}
