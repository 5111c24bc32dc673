{#- Later than any day of the data: the stage that a deal is still in is never left. -#}
{%- set last_day = "cast('" ~ var('calendar_end') ~ "' as date)" -%}
-- What the stage history alone had written by the evening of each day. A deal's row of today is not
-- read: it tells of later days.
with entries as (

    select * from {{ ref('int_deal_stage_entries_matched') }}

),

pipelines as (

    select * from {{ ref('stg_pipelines') }}

),

of_days as (

    select
        entries.deal_id,
        entries.pipeline_id,
        entries.stage_id,
        entries.is_closed,
        entries.is_won,
        entries.entered_date,
        row_number() over (
            partition by entries.deal_id, entries.entered_date
            order by
                entries.entered_at desc,
                pipelines.stage_order desc nulls last,
                entries.stage_id desc
        ) as rank_of_day

    from entries

    left join pipelines
        on
            entries.pipeline_id = pipelines.pipeline_id
            and entries.stage_id = pipelines.stage_id

),

final as (

    select
        deal_id,
        pipeline_id,
        stage_id,
        is_closed,
        is_won,
        entered_date as seen_from,
        coalesce(
            lead(entered_date) over (partition by deal_id order by entered_date asc),
            {{ last_day }}
        ) as seen_until,
        lag(is_won) over (partition by deal_id order by entered_date asc) as was_won

    from of_days

    where rank_of_day = 1

)

select * from final
