/*
Claim: every row that the gate rejected, every cell that it blanked and every row or load that it
warned of stands in the list of findings once: by source, its counts are those of the gate. Only
rows of deals, companies and contacts that were merged into others or deleted are left out, for no
figure counts them.
Why it could break: a rule without words, a table that belongs to no record, a join that repeats
rows, a kind of finding or record that the seeds do not list.
Not checked: whether a finding names the right record (unit tests), what only the models find.
*/
with listed as (

    select
        source_system,
        sum(gate_row_count) as row_count

    from {{ ref('fct_record_findings') }}

    group by source_system

),

broken as (

    {% for model in ['rejected_rows', 'blanked_cells', 'warned_rows'] -%}
    select
        source_system,
        table_name,
        input_row_id,
        column_name,
        rule

    from {{ ref(model) }}

    where rule not in ('is_an_internal_record', 'belongs_to_an_internal_record')

    union all

    {% endfor -%}
    select
        source_system,
        table_name,
        0 as input_row_id,
        '' as column_name,
        rule

    from {{ ref('warned_loads') }}

),

not_counted as (

    {% for record, table in [
        ('deal', 'deals'), ('company', 'companies'), ('contact', 'contacts')
    ] -%}
    select
        '{{ table }}' as table_name,
        input_row_id

    from {{ ref('stg_' ~ table) }}

    where not is_counted
    {%- if not loop.last %}

    union all

    {% endif -%}
    {%- endfor %}

),

-- What such a row names, a source or a campaign, is a finding all the same.
of_gate as (

    select
        broken.source_system,
        count(*) as row_count

    from broken

    left join not_counted
        on
            broken.table_name = not_counted.table_name
            and broken.input_row_id = not_counted.input_row_id

    left join {{ ref('worded_rules') }} as worded_rules
        on
            broken.table_name = worded_rules.table_name
            and broken.column_name = worded_rules.column_name
            and broken.rule = worded_rules.rule

    where
        not_counted.input_row_id is null
        or worded_rules.value_record_type is not null

    group by broken.source_system

)

select
    coalesce(listed.source_system, of_gate.source_system) as source_system,
    listed.row_count as listed_row_count,
    of_gate.row_count as gate_row_count

from listed

full outer join of_gate
    on listed.source_system = of_gate.source_system

where coalesce(listed.row_count, 0) != coalesce(of_gate.row_count, 0)
