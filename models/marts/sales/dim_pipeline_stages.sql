with pipelines as (

    select * from {{ ref('stg_pipelines') }}

),

final as (

    select
        pipeline_id,
        pipeline_name,
        stage_id,
        stage_name,
        pipeline_name || ' / ' || stage_name as pipeline_stage,
        stage_order,
        win_probability,
        is_closed,
        is_won,
        is_archived

    from pipelines

)

select * from final
