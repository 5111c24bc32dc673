{#-
    On Spark a view is made as a table: it reads a view anew for each that reads it, so that views on
    views take minutes to plan.
-#}
{% materialization view, adapter='spark' -%}
{{- return(materialization_table_spark()) -}}
{%- endmaterialization %}


{#-
    A CTE `rows as {{ read_in_place() }}(select ...)` is computed as a part of whatever reads it, which
    needs few of its columns and rows. Without it, one that is read twice is written down whole. Spark
    never writes one down, and has no word for it.
-#}
{% macro read_in_place() -%}
{{ return(adapter.dispatch('read_in_place')()) }}
{%- endmacro %}

{% macro default__read_in_place() -%} not materialized {% endmacro %}

{% macro spark__read_in_place() -%} {%- endmacro %}
