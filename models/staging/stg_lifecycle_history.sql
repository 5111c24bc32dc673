with {{ accepted_inputs('lifecycle_history') }},

final as (

    select
        source_system,
        cast(input_row_id as bigint) as input_row_id,
        {{ entity_id('contact_id') }} as contact_id,
        lifecycle_stage,
        {{ as_moment('entered_at') }} as entered_at

    from accepted

)

select * from final
