{#-
    Schemas are named like the folders, without dbt's prefix: `marts`, not `main_marts`. On PostgreSQL
    a build is made in `marts_next`, and published by its name. Spark cannot rename a schema: a build
    has schemas of its own there, and is published by views.
-#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ target.schema if custom_schema_name is none else custom_schema_name | trim }}
    {%- if custom_schema_name is not none and target.type == 'postgres' -%}
    _next
    {%- elif custom_schema_name is not none and target.type == 'spark' -%}
    _{{ env_var('REVOPS_SPARK_BUILD', 'next') }}
    {%- endif -%}
{%- endmacro %}
