{#-
    The CTEs `inputs`, `rejected` and `accepted`: the rows of an input table that the gate let pass.
    Together with `rejected_rows` they are all rows: inputs = staged + rejected.

    blanked     columns whose wrong cells are taken as empty, instead of rejecting the row: those
                of severity `blank` in the table's suite. `accepted` has a column `has_no_<column>`
                for each, which `unless_blanked` reads.
    spelled     column -> seed that lists its values, as the gate's references do. `accepted` has a
                column `spelled_<column>` for each, with the spelling of the seed: `Paid Search` is
                PAID_SEARCH.
-#}
{% macro accepted_inputs(table, blanked=[], spelled={}) -%}
inputs as (

    select * from {{ ref('input_' ~ table) }}

),

rejected as (

    select distinct input_row_id

    from {{ ref('rejected_rows') }}

    where table_name = '{{ table }}'

),
{%- if blanked %}

blanked as (

    select
        input_row_id
        {%- for column in blanked %},
        max(case when column_name = '{{ column }}' then 1 else 0 end) = 1 as has_no_{{ column }}
        {%- endfor %}

    from {{ ref('blanked_cells') }}

    where table_name = '{{ table }}'

    group by input_row_id

),
{%- endif %}
{%- for column, seed in spelled.items() %}

{{ column }}_spellings as (

    select
        {{ as_choice(seed_column(column)) }} as spelling,
        min({{ seed_column(column) }}) as {{ column }}

    from {{ ref(seed) }}

    group by {{ as_choice(seed_column(column)) }}

    -- If a seed lists both spellings, they are two values.
    having count(distinct {{ seed_column(column) }}) = 1

),
{%- endfor %}

accepted as (

    select
        inputs.*
        {%- for column in blanked %},
        coalesce(blanked.has_no_{{ column }}, false) as has_no_{{ column }}
        {%- endfor %}
        {%- for column in spelled %},
        coalesce({{ column }}_spellings.{{ column }}, {{ as_text('inputs.' ~ column) }})
            as spelled_{{ column }}
        {%- endfor %}

    from inputs

    left join rejected
        on inputs.input_row_id = rejected.input_row_id
    {%- if blanked %}

    left join blanked
        on inputs.input_row_id = blanked.input_row_id
    {%- endif %}
    {%- for column in spelled %}

    left join {{ column }}_spellings
        on {{ as_choice('inputs.' ~ column) }} = {{ column }}_spellings.spelling
    {%- endfor %}

    where rejected.input_row_id is null

)
{%- endmacro %}


{#- The column of a seed that lists the values of a column; both currencies of a rate have one list.
    -#}
{% macro seed_column(column) -%}
    {{- return('currency' if column.endswith('_currency') else column) -}}
{%- endmacro %}


{#- The value of a column of `blanked`, null where the gate says so. -#}
{% macro unless_blanked(column, value=none) -%}
case when not has_no_{{ column }} then {{ value or column }} end
{%- endmacro %}


{#-
    The CTEs that follow merges to their end (A into B, B into C: A counts under C) for a CTE
    `typed` with the columns `<thing>_id`, `merged_into_<thing>_id` and `is_archived`; the model
    starts with `with recursive`. `resolved` has all columns of `typed`, `surviving_<thing>_id` and
    `is_counted`. `merges` is a CTE with both ids of each merge, where they are not those of the
    input. A merge into a record that does not exist ends before it, so that the record is
    not lost; one through a record that was rejected goes on behind it.
-#}
{% macro resolved_merges(thing, merges=none) -%}
-- All that arrived, rejected or not: `inputs` is the CTE of `accepted_inputs`.
merge_links as (

    select distinct
        {{ thing ~ '_id' if merges else entity_id(thing ~ '_id') }} as {{ thing }}_id,
        {{ 'merged_into_' ~ thing ~ '_id' if merges else entity_id('merged_into_' ~ thing ~ '_id') }}
            as merged_into_{{ thing }}_id

    from {{ merges or 'inputs' }}

),

merge_steps as (

    select
        {{ thing }}_id,
        {{ thing }}_id as reached_id,
        0 as step

    from typed

    where merged_into_{{ thing }}_id is not null

    union all

    select
        merge_steps.{{ thing }}_id,
        merge_links.merged_into_{{ thing }}_id as reached_id,
        merge_steps.step + 1 as step

    from merge_steps

    inner join merge_links
        on merge_steps.reached_id = merge_links.{{ thing }}_id

    where
        merge_steps.step < 50
        and merge_links.merged_into_{{ thing }}_id is not null

),

-- Only a record that the gate accepted can be the survivor of a merge.
accepted_steps as (

    select merge_steps.*

    from merge_steps

    inner join typed
        on merge_steps.reached_id = typed.{{ thing }}_id

),

last_steps as (

    select
        {{ thing }}_id,
        max(step) as last_step

    from accepted_steps

    group by {{ thing }}_id

),

circles as (

    select distinct {{ thing }}_id

    from merge_steps

    where step = 50

),

-- Records merged into each other in a circle have no end: the one with the smallest id survives.
merge_ends as (

    select
        accepted_steps.{{ thing }}_id,
        min(accepted_steps.reached_id) as reached_id

    from accepted_steps

    inner join last_steps
        on accepted_steps.{{ thing }}_id = last_steps.{{ thing }}_id

    left join circles
        on accepted_steps.{{ thing }}_id = circles.{{ thing }}_id

    where
        accepted_steps.step = last_steps.last_step
        or (circles.{{ thing }}_id is not null and accepted_steps.step >= 25)

    group by accepted_steps.{{ thing }}_id

),

resolved as (

    select
        typed.*,
        coalesce(merge_ends.reached_id, typed.{{ thing }}_id) as surviving_{{ thing }}_id,
        coalesce(merge_ends.reached_id, typed.{{ thing }}_id) = typed.{{ thing }}_id
        {%- if not var('count_archived_records') %}
        and (not typed.is_archived or typed.merged_into_{{ thing }}_id is not null)
        {%- endif %} as is_counted

    from typed

    left join merge_ends
        on typed.{{ thing }}_id = merge_ends.{{ thing }}_id

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
