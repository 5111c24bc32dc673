with deals as (

    select * from {{ ref('int_deals_resolved') }}

),

entries as (

    select
        deal_id,
        entered_date,
        is_closed,
        is_won,
        row_number() over (
            partition by deal_id, entered_date
            order by entry_number desc
        ) as rank_of_day,
        row_number() over (partition by deal_id order by entry_number desc) as rank_of_deal

    from {{ ref('int_deal_stage_entries_matched') }}

),

-- The history may lack the last change: a deal that is closed today was shown so by its closing
-- day at the latest, but not before its last entry; one that is open again, by the day of the
-- report.
not_written as (

    select
        deals.deal_id,
        case
            when not deals.is_closed or deals.closed_date is null then deals.reporting_date
            when deals.closed_date < entries.entered_date then entries.entered_date
            else deals.closed_date
        end as shown_date,
        deals.is_closed,
        deals.is_won

    from deals

    inner join entries
        on
            deals.deal_id = entries.deal_id
            and entries.rank_of_deal = 1

    where deals.is_closed != entries.is_closed

),

shown as (

    select
        entries.deal_id,
        entries.entered_date as shown_date,
        entries.is_closed,
        entries.is_won

    from entries

    left join not_written
        on
            entries.deal_id = not_written.deal_id
            and entries.entered_date = not_written.shown_date

    where
        entries.rank_of_day = 1
        and not_written.deal_id is null

    union all

    select
        deal_id,
        shown_date,
        is_closed,
        is_won

    from not_written

),

final as (

    select
        deal_id,
        shown_date,
        is_closed,
        is_won,
        lag(is_closed) over (partition by deal_id order by shown_date asc) as was_closed

    from shown

)

select * from final
