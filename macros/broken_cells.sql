{#-
    The query of all cells that broke a rule of a severity: one row per input row and rule. A rule on
    a whole load has no column, and is about no input row.
-#}
{% macro broken_cells(severity, value_name) -%}
with broken_rules as (

    select
        table_name,
        column_name,
        rule,
        unexpected_row_ids,
        unexpected_sources,
        unexpected_keys,
        unexpected_values

    from {{ ref('input_checks') }}

    where
        severity = '{{ severity }}'
        and unexpected_count > 0
        and column_name != ''

),

final as (

    select
        table_name,
        unnest(unexpected_row_ids) as input_row_id,
        unnest(unexpected_sources) as source_system,
        unnest(unexpected_keys) as row_key,
        column_name,
        rule,
        unnest(unexpected_values) as {{ value_name }}

    from broken_rules

)

select * from final
{%- endmacro %}
