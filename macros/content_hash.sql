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


{#- The columns of a staged table, without the number of the row. -#}
{% macro columns_of_staged(table) -%}
    {%- set columns = [] -%}
    {%- if execute -%}
        {%- for column in adapter.get_columns_in_relation(ref('stg_' ~ table))
            if column.name != 'input_row_id' -%}
            {%- do columns.append(column.name) -%}
        {%- endfor -%}
    {%- endif -%}
    {{- return(columns) -}}
{%- endmacro %}
