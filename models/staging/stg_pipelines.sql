with {{ accepted_inputs('pipelines', blanked=['stage_order', 'win_probability', 'is_archived']) }},

final as (

    select
        source_system,
        cast(input_row_id as bigint) as input_row_id,
        {{ entity_id('pipeline_id') }} as pipeline_id,
        coalesce(pipeline_name, pipeline_id) as pipeline_name,
        stage_id,
        coalesce(stage_name, stage_id) as stage_name,
        {{ unless_blanked('stage_order', as_number('stage_order', 'integer')) }} as stage_order,
        {{ unless_blanked('win_probability', as_number('win_probability', 'decimal(9, 6)')) }}
            as win_probability,
        {{ as_boolean('is_closed') }} as is_closed,
        {{ as_boolean('is_won') }} as is_won,
        coalesce({{ unless_blanked('is_archived', as_boolean('is_archived')) }}, false)
            as is_archived

    from accepted

)

select * from final
