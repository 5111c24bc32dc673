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
        severity = 'reject'
        and unexpected_count > 0

),

final as (

    select
        table_name,
        unnest(unexpected_row_ids) as input_row_id,
        unnest(unexpected_sources) as source_system,
        unnest(unexpected_keys) as row_key,
        column_name,
        rule,
        unnest(unexpected_values) as rejected_value

    from broken_rules

)

select * from final
