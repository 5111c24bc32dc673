with deals as (

    select * from {{ ref('int_deals_resolved') }}

),

states as (

    select * from {{ ref('int_deal_states_shown') }}

),

property_history as (

    select
        deal_id,
        {{ reporting_day('changed_at') }} as changed_date

    from {{ ref('stg_deal_property_history') }}

),

deals_with_history as (

    select distinct deal_id from states

),

written as (

    select
        deal_id,
        created_date as written_date

    from deals

    union all

    select
        deal_id,
        shown_date as written_date

    from states

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

openings as (

    -- It is unknown whether a deal in a stage of no pipeline is open.
    select
        first_rows.deal_id,
        1 as span_number,
        first_rows.first_written_date as open_from

    from first_rows

    inner join deals_with_history
        on first_rows.deal_id = deals_with_history.deal_id

    inner join deals
        on first_rows.deal_id = deals.deal_id

    where deals.is_closed is not null

    union all

    select
        deal_id,
        1 + row_number() over (partition by deal_id order by shown_date asc) as span_number,
        shown_date as open_from

    from states

    where
        was_closed
        and not is_closed

),

closings as (

    select
        deal_id,
        shown_date as closed_from,
        is_won,
        row_number() over (partition by deal_id order by shown_date asc) as span_number

    from states

    where
        is_closed
        and not coalesce(was_closed, false)

),

final as (

    select
        openings.deal_id,
        'as_seen' as pipeline_basis,
        openings.span_number,
        openings.span_number
        = max(openings.span_number) over (partition by openings.deal_id) as is_last_span,
        openings.open_from,
        closings.closed_from as open_until,
        coalesce(closings.is_won, false) as is_won

    from openings

    left join closings
        on
            openings.deal_id = closings.deal_id
            and openings.span_number = closings.span_number

)

select * from final
