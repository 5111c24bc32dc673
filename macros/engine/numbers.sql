{#-
    Engines compute these differently. A quotient of decimals is a floating point number in DuckDB, a
    decimal of sixteen digits or more in PostgreSQL, and one of as few as six decimals in Spark; whole
    numbers are divided without a rest in PostgreSQL. 1 / 0 is infinity, an error, and null.
-#}

{#-
    A quotient that is exact to the eighth decimal on every engine, null where the divisor is 0 or
    unknown. It is a number of the engine's own type: cast it to the type of the column.
-#}
{% macro divide(dividend, divisor) -%}
{{ adapter.dispatch('divide')(dividend, divisor) }}
{%- endmacro %}

{% macro default__divide(dividend, divisor) -%}
cast({{ dividend }} as {{ type_double() }})
        / nullif(cast({{ divisor }} as {{ type_double() }}), 0)
{%- endmacro %}

{#- A quotient has at least as many decimals as the dividend. -#}
{% macro postgres__divide(dividend, divisor) -%}
({{ dividend }}) * cast(1 as decimal(38, 16))
        / nullif(cast({{ divisor }} as decimal), 0)
{%- endmacro %}


{#- A floating point number of eight bytes: dbt's own type_float has four on some engines. -#}
{% macro type_double() -%} {{ adapter.dispatch('type_double')() }} {%- endmacro %}
{% macro default__type_double() -%} double {%- endmacro %}
{% macro postgres__type_double() -%} double precision {%- endmacro %}


{#-
    An aggregate: the sum of so many of the largest values of a column, or of all if there are fewer;
    null without any.
-#}
{% macro sum_of_largest(column, count) -%}
{{ adapter.dispatch('sum_of_largest')(column, count) }}
{%- endmacro %}

{% macro duckdb__sum_of_largest(column, count) -%} list_sum(max({{ column }}, {{ count }})) {%- endmacro %}

{% macro postgres__sum_of_largest(column, count) -%}
(
            select sum(largest.amount)
            from
                unnest(
                    (array_agg({{ column }} order by {{ column }} desc nulls last))[1:{{ count }}]
                ) as largest (amount)
        )
{%- endmacro %}

{% macro spark__sum_of_largest(column, count) -%}
case
            when count({{ column }}) > 0
                then aggregate(
                    slice(sort_array(collect_list({{ column }}), false), 1, {{ count }}),
                    cast(0 as {{ kpi_part_type() }}),
                    (total, amount) -> cast(total + amount as {{ kpi_part_type() }})
                )
        end
{%- endmacro %}
