{#- The ways in which ad platforms write days, besides 2025-01-31: those that `spend_platforms` allows. -#}
{% macro spend_date_formats() -%}
    {{- return(['DD/MM/YYYY', 'MM/DD/YYYY', 'DD.MM.YYYY', 'DD-MM-YYYY', 'DD Mon YYYY']) -}}
{%- endmacro %}
