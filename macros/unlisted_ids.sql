{#-
    An id as its source gave it: without the name of the source that `entity_id` puts before it. A
    record that no table names is shown by this id, because people know it by that.
-#}
{% macro given_id(column) -%}
substring({{ column }}, position(':' in {{ column }}) + 1)
{%- endmacro %}


{#- The source that gave an id: the name that `entity_id` puts before it. -#}
{% macro given_source(column) -%}
substring({{ column }}, 1, position(':' in {{ column }}) - 1)
{%- endmacro %}


{#-
    The CTE `<name>`: the distinct ids in a column of any of the staged tables that the CTE `listed`
    does not have.
-#}
{% macro unlisted_ids(name, column, tables, listed) -%}
{{ name }}_given as (
    {%- for table in tables %}
    {%- if not loop.first %}

    union
    {%- endif %}

    select {{ column }} from {{ ref(table) }} where {{ column }} is not null
    {%- endfor %}

),

{{ name }} as (

    select {{ name }}_given.{{ column }}

    from {{ name }}_given

    left join {{ listed }}
        on {{ name }}_given.{{ column }} = {{ listed }}.{{ column }}

    where {{ listed }}.{{ column }} is null

)
{%- endmacro %}
