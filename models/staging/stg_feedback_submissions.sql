with {{ accepted_inputs('feedback_submissions') }},

final as (

    select
        source_system,
        cast(input_row_id as bigint) as input_row_id,
        {{ entity_id('feedback_id') }} as feedback_id,
        {{ entity_id('contact_id') }} as contact_id,
        survey_type,
        {{ as_number('score', 'integer') }} as score,
        {{ as_moment('submitted_at') }} as submitted_at

    from accepted

)

select * from final
