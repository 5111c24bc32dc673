with {{ accepted_inputs('lifecycle_history', spelled={'lifecycle_stage': 'lifecycle_stages'}) }},

final as (

    select
        source_system,
        cast(input_row_id as bigint) as input_row_id,
        {{ entity_id('contact_id') }} as contact_id,
        spelled_lifecycle_stage as lifecycle_stage,
        {{ as_moment('entered_at') }} as entered_at

    from accepted

)

select * from final
