with deals as (

    select * from {{ ref('int_deals_resolved') }}

),

entries as (

    select * from {{ ref('int_deal_stage_entries_matched') }}

),

first_entries as (

    select
        deal_id,
        min(entered_date) as first_entered_date

    from entries

    group by deal_id

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

numbered as (

    select
        *,
        span_number = max(span_number) over (partition by deal_id) as is_last_span

    from openings

),

-- The last closing is the official one, as for bookings and the win rate; the history's day of it
-- may differ. Closings before it are known from the history alone.
ended as (

    select
        numbered.deal_id,
        numbered.span_number,
        numbered.is_last_span,
        numbered.open_from,
        case
            when not numbered.is_last_span then closings.closed_from
            when deals.is_closed then deals.closed_date
        end as closed_from,
        deals.closed_date,
        deals.is_won

    from numbered

    inner join deals
        on numbered.deal_id = deals.deal_id

    left join closings
        on
            numbered.deal_id = closings.deal_id
            and numbered.span_number = closings.span_number

    -- One that was closed nobody knows when would stay open for ever.
    where
        not deals.is_closed
        or deals.closed_date is not null

),

-- Nothing is open after the official closing; one before its creation is a span of no day. A
-- closing that was taken back later is a loss, even of a deal that had been marked won: it is no
-- booking.
final as (

    select
        deal_id,
        'as_known' as pipeline_basis,
        span_number,
        is_last_span,
        case when closed_date < open_from then closed_date else open_from end as open_from,
        case when closed_date < closed_from then closed_date else closed_from end as open_until,
        is_last_span and coalesce(is_won, false) as is_won

    from ended

)

select * from final
