{#- The day after a day. -#}
{% macro day_after(column) -%} cast({{ dbt.dateadd('day', 1, column) }} as date) {%- endmacro %}


{#- The first day after a span of days: the day after its last one, at most `limit`. -#}
{% macro days_end(last_day, limit) -%}
least({{ day_after(last_day) }}, {{ limit }})
{%- endmacro %}


{#-
    The months of the whole terms that have begun between a first day and a later one: 12 on the first
    day of the second year. Months are counted from the first day: the 31st is due on the 28th in
    February and on the 31st in March.
-#}
{% macro months_of_terms(first_day, day, term_months) -%}
{%- set months = 'cast(' ~ dbt.datediff(first_day, day, 'month') ~ ' as integer)' -%}
{%- set whole = '(' ~ months ~ ' - mod(' ~ months ~ ', ' ~ term_months ~ '))' -%}
case
            -- Where the day in the month is not reached yet, the term of that month has not begun.
            when
                {{ whole }} > 0
                and cast({{ dbt.dateadd('month', whole, first_day) }} as date) > {{ day }}
                then {{ whole }} - {{ term_months }}
            else {{ whole }}
        end
{%- endmacro %}


{#-
    The first day of the week of a day. Weeks begin on the variable `week_starts_on`, and are counted
    from a first day in 1900: what an engine calls a week depends on its settings.
-#}
{% macro week_of(column) -%}
{%- set weekdays = [
    'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday',
] -%}
{#- dbt comes here while it parses, before `check_settings` refuses another word. -#}
{%- set day = var('week_starts_on') -%}
{%- set place = weekdays.index(day) + 1 if day in weekdays else 1 -%}
{%- set first_week = "cast('1900-01-0" ~ place ~ "' as date)" -%}
cast({{ dbt.dateadd(
        'day',
        '(-1 * cast(mod(' ~ dbt.datediff(first_week, column, 'day') ~ ', 7) as integer))',
        column
    ) }} as date)
{%- endmacro %}


{#- The first day of the piece of a day: of its week or of its month, whichever began last. -#}
{% macro piece_of(events, date_column) -%}
greatest({{ month_of(events, date_column) }}, {{ week_of(events ~ '.' ~ date_column) }})
{%- endmacro %}


{#- The query of all firsts of a unit from a day to before another: one column, `date_<unit>`. -#}
{% macro spine_of(unit, first_day, end_day) -%}
{{ dbt.date_spine(unit, first_day, end_day) }}
{%- endmacro %}
