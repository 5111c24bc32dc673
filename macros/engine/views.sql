{#-
    On Spark a view is made as a table: it reads a view anew for each that reads it, so that views on
    views take minutes to plan.
-#}
{% materialization view, adapter='spark' -%}
{{- return(materialization_table_spark()) -}}
{%- endmaterialization %}
