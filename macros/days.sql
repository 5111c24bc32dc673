{#- The day after a day. -#}
{% macro day_after(column) -%} cast({{ dbt.dateadd('day', 1, column) }} as date) {%- endmacro %}


{#- The first day that no longer counts of a span of days: the day after its last one, at most `limit`. -#}
{% macro days_end(last_day, limit) -%}
least({{ day_after(last_day) }}, {{ limit }})
{%- endmacro %}
