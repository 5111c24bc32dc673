{#- The ways to write days, besides 2025-01-31, that the seed `spend_platforms` may name. -#}
{% macro spend_date_formats() -%}
    {{- return(['DD/MM/YYYY', 'MM/DD/YYYY', 'DD.MM.YYYY', 'DD-MM-YYYY', 'DD Mon YYYY']) -}}
{%- endmacro %}
