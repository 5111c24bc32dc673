{#-
    Schemas are named like the folders, without dbt's prefix: `marts`, not `main_marts`. On PostgreSQL
    a build is made in `marts_next`, and published by its name.
-#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ target.schema if custom_schema_name is none else custom_schema_name | trim }}
    {{- '_next' if target.type == 'postgres' and custom_schema_name is not none }}
{%- endmacro %}
