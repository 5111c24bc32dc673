with known_spans as (

    select * from {{ ref('int_deal_open_spans_known') }}

),

seen_spans as (

    select * from {{ ref('int_deal_open_spans_seen') }}

),

states as (

    select * from {{ ref('int_deal_states_shown') }}

),

deals_with_history as (

    select distinct deal_id from states

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

    left join deals_with_history
        on known_spans.deal_id = deals_with_history.deal_id

    where
        deals_with_history.deal_id is null
        and (select count(*) from states) > 0

),

final as (

    select * from known_spans

    union all

    select * from seen_spans

    union all

    select * from not_in_history

)

select * from final
