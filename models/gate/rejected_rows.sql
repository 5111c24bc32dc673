with broken as (

    {{ broken_cells('reject', 'rejected_value') }}

),

internal_rows as (

    select * from {{ ref('internal_rows') }}

),

final as (

    select
        table_name,
        input_row_id,
        source_system,
        row_key,
        column_name,
        rule,
        rejected_value

    from broken

    union all

    select
        table_name,
        input_row_id,
        source_system,
        row_key,
        column_name,
        rule,
        rejected_value

    from internal_rows

)

select * from final
