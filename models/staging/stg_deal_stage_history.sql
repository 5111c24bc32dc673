with {{ accepted_inputs('deal_stage_history') }},

final as (

    select
        source_system,
        cast(input_row_id as bigint) as input_row_id,
        {{ entity_id('deal_id') }} as deal_id,
        stage_id,
        {{ as_moment('entered_at') }} as entered_at

    from accepted

)

select * from final
