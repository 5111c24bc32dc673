{%- set tables = input_tables() | list -%}
with inputs as (

    {% for table in tables -%}
    select
        source_system,
        '{{ table }}' as table_name,
        count(*) as row_count

    from {{ ref('input_' ~ table) }}

    group by source_system
    {% if not loop.last %}
    union all

    {% endif -%}
    {%- endfor %}

),

-- An internal record is no fault, whatever else is wrong with its row.
rejected as (

    select
        rejected_rows.source_system,
        rejected_rows.table_name,
        count(
            distinct case
                when internal_rows.input_row_id is null then rejected_rows.input_row_id
            end
        ) as rejected_row_count,
        count(distinct internal_rows.input_row_id) as internal_row_count

    from {{ ref('rejected_rows') }} as rejected_rows

    left join {{ ref('internal_rows') }} as internal_rows
        on
            rejected_rows.table_name = internal_rows.table_name
            and rejected_rows.input_row_id = internal_rows.input_row_id

    group by
        rejected_rows.source_system,
        rejected_rows.table_name

),

blanked as (

    select
        source_system,
        table_name,
        count(distinct input_row_id) as blanked_row_count

    from {{ ref('blanked_cells') }}

    group by
        source_system,
        table_name

),

final as (

    select
        inputs.source_system,
        inputs.table_name,
        inputs.row_count,
        coalesce(rejected.rejected_row_count, 0) as rejected_row_count,
        coalesce(rejected.internal_row_count, 0) as internal_row_count,
        coalesce(blanked.blanked_row_count, 0) as blanked_row_count

    from inputs

    left join rejected
        on
            inputs.source_system = rejected.source_system
            and inputs.table_name = rejected.table_name

    left join blanked
        on
            inputs.source_system = blanked.source_system
            and inputs.table_name = blanked.table_name

)

select * from final
