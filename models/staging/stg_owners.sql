with {{ accepted_inputs('owners', blanked=['is_archived']) }},

final as (

    select
        source_system,
        cast(input_row_id as bigint) as input_row_id,
        {{ entity_id('owner_id') }} as owner_id,
        owner_name,
        team,
        {{ as_choice('role') }} as role,
        coalesce({{ unless_blanked('is_archived', as_boolean('is_archived')) }}, false)
            as is_archived

    from accepted

)

select * from final
