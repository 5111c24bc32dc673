{#- The part of a text at a place, counted from 1, behind so many delimiters; null if it ends before. -#}
{% macro postgres__split_part(string_text, delimiter_text, part_number) -%}
{{ part_of_text(string_text, delimiter_text, part_number) }}
{%- endmacro %}

{% macro spark__split_part(string_text, delimiter_text, part_number) -%}
{{ part_of_text(string_text, delimiter_text, part_number) }}
{%- endmacro %}

{#- The part of a text at a place where the engine gives an empty text behind the last part. -#}
{% macro part_of_text(string_text, delimiter_text, part_number) -%}
{%- set part = 'split_part(' ~ string_text ~ ', ' ~ delimiter_text ~ ', ' ~ part_number ~ ')' -%}
{%- if part_number == 1 -%}
{{ part }}
{%- else -%}
case
            when
                length({{ string_text }}) - length(replace({{ string_text }}, {{ delimiter_text }}, ''))
                >= ({{ part_number }} - 1) * length({{ delimiter_text }})
                then {{ part }}
        end
{%- endif -%}
{%- endmacro %}


{#- The texts of a group in an order, with a delimiter between them. -#}
{% macro spark__listagg(measure, delimiter_text, order_by_clause=none, limit_num=none) -%}
listagg({{ measure }}, {{ delimiter_text }})
{%- if order_by_clause %} within group ({{ order_by_clause }}){% endif %}
{%- endmacro %}


{#-
    A text that is another one if any of these cells of any row of the group is another one, whatever
    the order of the rows. It says nothing across engines, or versions of one.
-#}
{% macro content_hash(columns) -%} {{ adapter.dispatch('content_hash')(columns) }} {%- endmacro %}

{% macro duckdb__content_hash(columns) -%}
cast(sum(cast(hash({{ columns | join(', ') }}) as hugeint)) as {{ dbt.type_string() }})
{%- endmacro %}

{% macro postgres__content_hash(columns) -%}
cast(
            sum(hashtextextended(cast(row({{ columns | join(', ') }}) as text), 0))
            as {{ dbt.type_string() }}
        )
{%- endmacro %}

{% macro spark__content_hash(columns) -%}
cast(
            sum(cast(xxhash64({{ columns | join(', ') }}) as decimal(38, 0)))
            as {{ dbt.type_string() }}
        )
{%- endmacro %}
