{#- The ways to forecast sales, in the order in which they are shown; a model for each. -#}
{% macro forecast_methods() -%}
{{- return([
    'stage_weighted', 'seasonal_trend', 'rep_judgement', 'deal_age', 'lead_driven',
    'same_as_last_year',
]) -}}
{%- endmacro %}
