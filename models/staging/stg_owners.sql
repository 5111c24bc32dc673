with {{ accepted_inputs('owners') }},

final as (

    select
        source_system,
        cast(input_row_id as bigint) as input_row_id,
        {{ entity_id('owner_id') }} as owner_id,
        owner_name,
        team,
        role,
        coalesce(cast(is_archived as boolean), false) as is_archived

    from accepted

)

select * from final
