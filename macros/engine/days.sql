{#-
    The days from the first date to the second, the weeks of seven days that it takes to get there, the
    months that begin between them, or the seconds between two moments, as a bigint: dbt's own macro
    counts another number of months on Spark where a month ends. Other parts are refused.
-#}
{% macro postgres__datediff(first_date, second_date, datepart) -%}
{%- if datepart == 'day' -%}
cast(cast({{ second_date }} as date) - cast({{ first_date }} as date) as bigint)
{%- elif datepart == 'week' -%}
cast(ceil({{ dbt.datediff(first_date, second_date, 'day') }} / 7.0) as bigint)
{%- elif datepart == 'month' -%}
{{ months_between(first_date, second_date) }}
{%- elif datepart == 'second' -%}
cast(
    floor(extract(epoch from cast({{ second_date }} as timestamp)))
    - floor(extract(epoch from cast({{ first_date }} as timestamp))) as bigint
)
{%- else -%}
{{ refuse_part('datediff', datepart) }}
{%- endif -%}
{%- endmacro %}

{% macro spark__datediff(first_date, second_date, datepart) -%}
{%- if datepart == 'day' -%}
cast(datediff(cast({{ second_date }} as date), cast({{ first_date }} as date)) as bigint)
{%- elif datepart == 'week' -%}
cast(ceil({{ dbt.datediff(first_date, second_date, 'day') }} / 7.0) as bigint)
{%- elif datepart == 'month' -%}
{{ months_between(first_date, second_date) }}
{%- elif datepart == 'second' -%}
unix_timestamp(cast({{ second_date }} as timestamp))
    - unix_timestamp(cast({{ first_date }} as timestamp))
{%- else -%}
{{ refuse_part('datediff', datepart) }}
{%- endif -%}
{%- endmacro %}

{#- The months that begin after a date and up to another one. -#}
{% macro months_between(first_date, second_date) -%}
cast(
    extract(year from cast({{ second_date }} as date)) * 12
    + extract(month from cast({{ second_date }} as date))
    - extract(year from cast({{ first_date }} as date)) * 12
    - extract(month from cast({{ first_date }} as date)) as bigint
)
{%- endmacro %}

{#- Stops at a part of a date that is not the same on every engine. -#}
{% macro refuse_part(name, datepart) -%}
{%- do exceptions.raise_compiler_error(
    name ~ ' knows no ' ~ datepart ~ ' here: engines count it differently'
) -%}
{%- endmacro %}


{#-
    A day some days, weeks, months or years later, or earlier, or a moment some seconds later. dbt's own macro puts no brackets around the
    number on two engines, so that `n - 1` years are `n - 12` months on Spark.
-#}
{% macro postgres__dateadd(datepart, interval, from_date_or_timestamp) -%}
{%- if datepart not in ['second', 'day', 'week', 'month', 'year'] -%}{{ refuse_part('dateadd', datepart) }}{%- endif -%}
({{ from_date_or_timestamp }} + (interval '1 {{ datepart }}' * ({{ interval }})))
{%- endmacro %}

{% macro spark__dateadd(datepart, interval, from_date_or_timestamp) -%}
{%- if datepart not in ['second', 'day', 'week', 'month', 'year'] -%}{{ refuse_part('dateadd', datepart) }}{%- endif -%}
timestampadd({{ datepart }}, cast(({{ interval }}) as int), {{ from_date_or_timestamp }})
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
