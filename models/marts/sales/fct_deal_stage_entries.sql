with entries as (

    select * from {{ ref('int_deal_stage_entries_matched') }}

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
        entered_at,
        entered_date,
        left_at

    from entries

)

select * from final
