with {{ accepted_inputs('pipelines') }},

final as (

    select
        source_system,
        cast(input_row_id as bigint) as input_row_id,
        {{ entity_id('pipeline_id') }} as pipeline_id,
        coalesce(pipeline_name, pipeline_id) as pipeline_name,
        stage_id,
        coalesce(stage_name, stage_id) as stage_name,
        cast(round(cast(stage_order as decimal(18, 4))) as integer) as stage_order,
        cast(win_probability as decimal(9, 6)) as win_probability,
        cast(is_closed as boolean) as is_closed,
        cast(is_won as boolean) as is_won,
        coalesce(cast(is_archived as boolean), false) as is_archived

    from accepted

)

select * from final
