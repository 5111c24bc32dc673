with entries as (

    select * from {{ ref('int_deal_stage_entries_matched') }}

),

deals as (

    select * from {{ ref('int_deals_resolved') }}

),

-- A deal that was closed without an entry into a closed stage has left its last stage on the day of
-- the closing, but not before it entered it.
final as (

    select
        entries.deal_id,
        entries.entry_number,
        entries.pipeline_id,
        entries.stage_id,
        entries.entered_date,
        case
            when entries.left_at is not null then {{ reporting_day('entries.left_at') }}
            when deals.is_closed and deals.closed_date >= entries.entered_date
                then deals.closed_date
            when deals.is_closed and deals.closed_date is not null then entries.entered_date
        end as left_date

    from entries

    inner join deals
        on entries.deal_id = deals.deal_id

    where not entries.is_closed

)

select * from final
