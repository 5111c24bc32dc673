with broken_rules as (

    select
        table_name,
        rule,
        unexpected_sources

    from {{ ref('input_checks') }}

    where
        severity = 'warn'
        and unexpected_count > 0
        and column_name = ''

),

final as (

    select
        table_name,
        unnest(unexpected_sources) as source_system,
        rule

    from broken_rules

)

select * from final
