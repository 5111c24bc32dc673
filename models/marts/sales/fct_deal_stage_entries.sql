with entries as (

    select * from {{ ref('int_deal_stage_entries_matched') }}

),

stages as (

    select * from {{ ref('dim_pipeline_stages') }}

),

ordered as (

    select
        entries.*,
        stages.stage_order,
        lag(entries.pipeline_id) over (
            partition by entries.deal_id order by entries.entry_number asc
        ) as previous_pipeline_id,
        lag(stages.stage_order) over (
            partition by entries.deal_id order by entries.entry_number asc
        ) as previous_stage_order

    from entries

    left join stages
        on
            entries.pipeline_id = stages.pipeline_id
            and entries.stage_id = stages.stage_id

),

final as (

    select
        deal_id,
        entry_number,
        pipeline_id,
        stage_id,
        stage_name,
        is_closed,
        is_won,
        coalesce(was_closed and not is_closed, false) as is_reopening,
        coalesce(
            not was_closed
            and not is_closed
            and pipeline_id = previous_pipeline_id
            and stage_order < previous_stage_order,
            false
        ) as is_step_back,
        entered_at,
        entered_date,
        left_at

    from ordered

)

select * from final
