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
        deals.closed_date

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

-- Nothing is open after the official closing; one before its creation is a span of no day.
final as (

    select
        deal_id,
        span_number,
        is_last_span,
        case when closed_date < open_from then closed_date else open_from end as open_from,
        case when closed_date < closed_from then closed_date else closed_from end as open_until

    from ended

)

select * from final
