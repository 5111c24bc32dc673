{#- The day after a day. -#}
{% macro day_after(column) -%} cast({{ dbt.dateadd('day', 1, column) }} as date) {%- endmacro %}


{#- The first day after a span of days: the day after its last one, at most `limit`. -#}
{% macro days_end(last_day, limit) -%}
least({{ day_after(last_day) }}, {{ limit }})
{%- endmacro %}


{#- The UTC moment at which a day begins in the reporting time zone. -#}
{% macro start_of_day(column) -%} {{ adapter.dispatch('start_of_day')(column) }} {%- endmacro %}

{% macro duckdb__start_of_day(column) -%}
    timezone('UTC', timezone(
        '{{ var("reporting_time_zone") }}', cast(cast({{ column }} as date) as timestamp)
    ))
{%- endmacro %}

{% macro postgres__start_of_day(column) -%}
    timezone('UTC', timezone(
        '{{ var("reporting_time_zone") }}', cast(cast({{ column }} as date) as timestamp)
    ))
{%- endmacro %}

{% macro spark__start_of_day(column) -%}
    to_utc_timestamp(cast({{ column }} as date), '{{ var("reporting_time_zone") }}')
{%- endmacro %}


{#- The day of a UTC moment in the reporting time zone. -#}
{% macro reporting_day(column) -%} {{ adapter.dispatch('reporting_day')(column) }} {%- endmacro %}

{% macro duckdb__reporting_day(column) -%}
    cast(timezone('{{ var("reporting_time_zone") }}', timezone('UTC', {{ column }})) as date)
{%- endmacro %}

{% macro postgres__reporting_day(column) -%}
    cast(timezone('{{ var("reporting_time_zone") }}', timezone('UTC', {{ column }})) as date)
{%- endmacro %}

{% macro spark__reporting_day(column) -%}
    cast(from_utc_timestamp({{ column }}, '{{ var("reporting_time_zone") }}') as date)
{%- endmacro %}
