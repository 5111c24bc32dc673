with deals as (

    select * from {{ ref('int_deals_resolved') }}

),

entries as (

    select * from {{ ref('int_deal_stage_entries_matched') }}

),

property_history as (

    select
        deal_id,
        {{ reporting_day('changed_at') }} as changed_date

    from {{ ref('stg_deal_property_history') }}

),

-- As known: what counts as the deal's creation and closing today, whenever it was typed.
first_entries as (

    select
        deal_id,
        min(entered_date) as first_entered_date

    from entries

    group by deal_id

),

-- A closing is the first closed stage after an open one; what follows it while closed is none.
closings as (

    select
        deal_id,
        entered_date as closed_from,
        row_number() over (partition by deal_id order by entry_number asc) as span_number

    from entries

    where
        is_closed
        and not coalesce(was_closed, false)

),

openings as (

    select
        deals.deal_id,
        1 as span_number,
        coalesce(
            deals.created_date,
            first_entries.first_entered_date,
            deals.closed_date,
            deals.reporting_date
        ) as open_from

    from deals

    left join first_entries
        on deals.deal_id = first_entries.deal_id

    union all

    select
        deal_id,
        1 + row_number() over (partition by deal_id order by entry_number asc) as span_number,
        entered_date as open_from

    from entries

    where
        was_closed
        and not is_closed

),

last_openings as (

    select
        deal_id,
        max(span_number) as last_span_number

    from openings

    group by deal_id

),

-- The last closing is the official one, as for bookings and the win rate; the history's day of it
-- may differ. Closings before it are known from the history alone.
ended as (

    select
        openings.deal_id,
        openings.span_number,
        openings.span_number = last_openings.last_span_number as is_last_span,
        openings.open_from,
        case
            when openings.span_number < last_openings.last_span_number then closings.closed_from
            when deals.is_closed then deals.closed_date
        end as closed_from,
        deals.closed_date,
        deals.is_won

    from openings

    inner join last_openings
        on openings.deal_id = last_openings.deal_id

    inner join deals
        on openings.deal_id = deals.deal_id

    left join closings
        on
            openings.deal_id = closings.deal_id
            and openings.span_number = closings.span_number

    -- One that was closed nobody knows when would stay open for ever.
    where
        not deals.is_closed
        or deals.closed_date is not null

),

-- Nothing is open after the official closing; one before its creation is a span of no day. A
-- closing that was taken back later is a loss, even of a deal that had been marked won: it is no
-- booking.
known_spans as (

    select
        deal_id,
        'as_known' as pipeline_basis,
        span_number,
        is_last_span,
        case when closed_date < open_from then closed_date else open_from end as open_from,
        case when closed_date < closed_from then closed_date else closed_from end as open_until,
        is_last_span and coalesce(is_won, false) as is_won

    from ended

),

-- As seen: what the system showed at the end of each day, by the moments that it wrote.
last_entries as (

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

    from entries

),

-- The history may lack the last change: a deal that is closed today was shown so by its closing
-- day at the latest, but not before its last entry; one that is open again, by the day of the
-- report.
not_written as (

    select
        deals.deal_id,
        case
            when not deals.is_closed or deals.closed_date is null then deals.reporting_date
            when deals.closed_date < last_entries.entered_date then last_entries.entered_date
            else deals.closed_date
        end as shown_date,
        deals.is_closed,
        deals.is_won

    from deals

    inner join last_entries
        on
            deals.deal_id = last_entries.deal_id
            and last_entries.rank_of_deal = 1

    where deals.is_closed != last_entries.is_closed

),

shown as (

    select
        last_entries.deal_id,
        last_entries.entered_date as shown_date,
        last_entries.is_closed,
        last_entries.is_won

    from last_entries

    left join not_written
        on
            last_entries.deal_id = not_written.deal_id
            and last_entries.entered_date = not_written.shown_date

    where
        last_entries.rank_of_day = 1
        and not_written.deal_id is null

    union all

    select
        deal_id,
        shown_date,
        is_closed,
        is_won

    from not_written

),

shown_in_order as (

    select
        *,
        lag(is_closed) over (partition by deal_id order by shown_date asc) as was_closed

    from shown

),

written as (

    select
        deal_id,
        created_date as written_date

    from deals

    union all

    select
        deal_id,
        entered_date as written_date

    from entries

    union all

    select
        deal_id,
        changed_date as written_date

    from property_history

),

-- It exists from its creation, or from the first row that the system wrote of it.
first_rows as (

    select
        deal_id,
        min(written_date) as first_written_date

    from written

    group by deal_id

),

seen_openings as (

    -- It is unknown whether a deal in a stage of no pipeline is open.
    select
        first_rows.deal_id,
        1 as span_number,
        first_rows.first_written_date as open_from

    from first_rows

    inner join first_entries
        on first_rows.deal_id = first_entries.deal_id

    inner join deals
        on first_rows.deal_id = deals.deal_id

    where deals.is_closed is not null

    union all

    select
        deal_id,
        1 + row_number() over (partition by deal_id order by shown_date asc) as span_number,
        shown_date as open_from

    from shown_in_order

    where
        was_closed
        and not is_closed

),

seen_closings as (

    select
        deal_id,
        shown_date as closed_from,
        is_won,
        row_number() over (partition by deal_id order by shown_date asc) as span_number

    from shown_in_order

    where
        is_closed
        and not coalesce(was_closed, false)

),

seen_spans as (

    select
        seen_openings.deal_id,
        'as_seen' as pipeline_basis,
        seen_openings.span_number,
        seen_openings.span_number
        = max(seen_openings.span_number) over (partition by seen_openings.deal_id) as is_last_span,
        seen_openings.open_from,
        seen_closings.closed_from as open_until,
        coalesce(seen_closings.is_won, false) as is_won

    from seen_openings

    left join seen_closings
        on
            seen_openings.deal_id = seen_closings.deal_id
            and seen_openings.span_number = seen_closings.span_number

),

-- One deal without entries is taken to have been seen as it is known; without any stage history
-- nothing was seen.
not_in_history as (

    select
        known_spans.deal_id,
        'as_seen' as pipeline_basis,
        known_spans.span_number,
        known_spans.is_last_span,
        known_spans.open_from,
        known_spans.open_until,
        known_spans.is_won

    from known_spans

    left join first_entries
        on known_spans.deal_id = first_entries.deal_id

    where
        first_entries.deal_id is null
        and (select count(*) from entries) > 0

),

final as (

    select * from known_spans

    union all

    select * from seen_spans

    union all

    select * from not_in_history

)

select * from final
