{#-
    The query of rows that are written down, with their columns: texts, flags or nothing. As one list
    of values, because Spark plans each select of a union for itself.
-#}
{% macro listed_rows(columns, rows) -%}
{%- set rows = rows | list -%}
{%- if rows -%}
select *

    from (
        values
        {%- for row in rows %}
        (
            {%- for cell in row -%}
            {%- if cell is none -%} null {%- elif cell is boolean -%} {{ cell | lower }}
            {%- else -%} '{{ escape_single_quotes(cell | string) }}' {%- endif -%}
            {{ ', ' if not loop.last }}
            {%- endfor -%}
        ){{ ',' if not loop.last }}
        {%- endfor %}
    ) as listed_rows ({{ columns | join(', ') }})
{%- else -%}
select
        {%- for column in columns %}
        cast(null as {{ dbt.type_string() }}) as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}

    where false
{%- endif -%}
{%- endmacro %}
