with {{ accepted_inputs('owners', blanked=['created_at', 'is_archived']) }},

final as (

    select
        source_system,
        cast(input_row_id as bigint) as input_row_id,
        {{ entity_id('owner_id') }} as owner_id,
        owner_name,
        team,
        {{ as_choice('role') }} as role,
        {{ unless_blanked('created_at', as_moment('created_at')) }} as created_at,
        coalesce({{ unless_blanked('is_archived', as_boolean('is_archived')) }}, false)
            as is_archived

    from accepted

)

select * from final
