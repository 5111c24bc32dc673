with deal_stage_history as (

    select * from {{ ref('stg_deal_stage_history') }}

),

deals as (

    select * from {{ ref('stg_deals') }}

),

pipelines as (

    select * from {{ ref('stg_pipelines') }}

),

reporting as (

    select * from {{ ref('int_reporting_date') }}

),

entries as (

    select
        deals.deal_id,
        deals.source_system,
        deals.pipeline_id,
        deal_stage_history.stage_id,
        deal_stage_history.entered_at,
        deal_stage_history.input_row_id

    from deal_stage_history

    inner join deals
        on deal_stage_history.deal_id = deals.deal_id

    cross join reporting

    where
        deals.is_counted
        and {{ reporting_day('deal_stage_history.entered_at') }} <= reporting.reporting_date

),

-- History names only the stage. The deal's own pipeline is looked in first; a deal that was moved
-- from another pipeline has stages of that one in its history.
candidates as (

    select
        entries.deal_id,
        pipelines.pipeline_id,
        entries.stage_id,
        pipelines.stage_name,
        pipelines.stage_order,
        pipelines.is_closed,
        pipelines.is_won,
        entries.entered_at,
        entries.input_row_id,
        row_number() over (
            partition by entries.input_row_id
            order by
                case when entries.pipeline_id = pipelines.pipeline_id then 0 else 1 end,
                pipelines.pipeline_id
        ) as candidate_rank

    from entries

    inner join pipelines
        on
            entries.stage_id = pipelines.stage_id
            and entries.source_system = pipelines.source_system

),

matched as (

    select * from candidates where candidate_rank = 1

),

-- Two entries at one moment: the later stage of the pipeline is taken to be the later entry.
final as (

    select
        deal_id,
        pipeline_id,
        stage_id,
        stage_name,
        is_closed,
        is_won,
        entered_at,
        {{ reporting_day('entered_at') }} as entered_date,
        row_number() over (
            partition by deal_id
            order by entered_at asc, stage_order asc nulls first, input_row_id asc
        ) as entry_number,
        lag(is_closed) over (
            partition by deal_id
            order by entered_at asc, stage_order asc nulls first, input_row_id asc
        ) as was_closed,
        lead(entered_at) over (
            partition by deal_id
            order by entered_at asc, stage_order asc nulls first, input_row_id asc
        ) as left_at

    from matched

)

select * from final
