with deal_stage_history as (

    select * from {{ ref('stg_deal_stage_history') }}

),

deals as (

    select * from {{ ref('int_deals_counted') }}

),

pipelines as (

    select * from {{ ref('stg_pipelines') }}

),

reporting as (

    select * from {{ ref('int_reporting_date') }}

),

histories as (

    select
        deals.deal_id,
        deals.source_system,
        deals.pipeline_id,
        deals.stage_id as stage_id_now,
        deal_stage_history.stage_id,
        deal_stage_history.entered_at,
        deal_stage_history.input_row_id,
        {{ reporting_day('deal_stage_history.entered_at') }} as entered_date,
        reporting.reporting_date

    from deal_stage_history

    inner join deals
        on deal_stage_history.deal_id = deals.deal_id

    cross join reporting

),

last_moments as (

    select
        deal_id,
        max(entered_at) as last_entered_at

    from histories
    {%- if not var('reporting_date') %}

    -- Without a date in the past, what lies after the report was typed ahead.
    where entered_date <= reporting_date
    {%- endif %}

    group by deal_id

),

entries as (

    select
        histories.*,
        last_moments.last_entered_at

    from histories

    inner join last_moments
        on histories.deal_id = last_moments.deal_id

    where histories.entered_date <= histories.reporting_date

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
        entries.entered_date,
        entries.input_row_id,
        case
            when
                entries.entered_at = entries.last_entered_at
                and entries.stage_id = entries.stage_id_now
                and entries.pipeline_id = pipelines.pipeline_id
                then 1
            else 0
        end as stage_now_order,
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

-- Two entries at one moment: of the deal's last moment the stage that it has now is the last entry,
-- for it would else be shown in one that it left; of any other the later stage of the pipeline is
-- taken to be the later one.
ordered as (

    select
        matched.*,
        row_number() over (
            partition by deal_id
            order by
                entered_at asc,
                stage_now_order asc,
                stage_order asc nulls first,
                input_row_id asc
        ) as row_order

    from matched

),

compared as (

    select
        ordered.*,
        lag(pipeline_id) over (partition by deal_id order by row_order asc) as pipeline_id_before,
        lag(stage_id) over (partition by deal_id order by row_order asc) as stage_id_before

    from ordered

),

-- Some sources write a row whenever anything of a deal changes: the stage that it already had is no
-- new entry.
numbered as (

    select
        compared.*,
        row_number() over (partition by deal_id order by row_order asc) as entry_number

    from compared

    where
        stage_id_before is null
        or stage_id_before != stage_id
        or pipeline_id_before != pipeline_id

),

final as (

    select
        deal_id,
        pipeline_id,
        stage_id,
        stage_name,
        is_closed,
        is_won,
        entered_at,
        entered_date,
        entry_number,
        lag(is_closed) over (partition by deal_id order by entry_number asc) as was_closed,
        lead(entered_at) over (partition by deal_id order by entry_number asc) as left_at

    from numbered

)

select * from final
