{{ config(enabled=connector_is_active('stripe')) }}

{#-
    The spans of each item, cut where a trial ends and where arrears begin and end, with the status
    of each piece. Pieces that follow each other and say the same are one period.
-#}
with spans as (

    select
        *,
        row_number() over (order by item_id, valid_from) as span_number

    from {{ ref('base_stripe__spans') }}

),

arrears as (

    select * from {{ ref('base_stripe__arrears') }}

),

edges as (

    select
        span_number,
        valid_from as edge

    from spans

    union

    select
        span_number,
        trial_ends_on + 1 as edge

    from spans

    where trial_ends_on + 1 > valid_from and (valid_to is null or trial_ends_on < valid_to)

    union

    select
        spans.span_number,
        arrears.since as edge

    from spans

    inner join arrears on spans.subscription_id = arrears.subscription_id

    where
        arrears.since > spans.valid_from
        and (spans.valid_to is null or arrears.since <= spans.valid_to)

    union

    select
        spans.span_number,
        arrears.until + 1 as edge

    from spans

    inner join arrears on spans.subscription_id = arrears.subscription_id

    where
        arrears.until < cast('9999-12-31' as date)
        and arrears.until >= spans.valid_from
        and (spans.valid_to is null or arrears.until < spans.valid_to)

),

pieces as (

    select
        spans.* exclude (valid_from, valid_to),
        edges.edge as valid_from,
        coalesce(
            lead(edges.edge) over (partition by spans.span_number order by edges.edge) - 1,
            spans.valid_to
        ) as valid_to

    from edges

    inner join spans on edges.span_number = spans.span_number

),

statuses as (

    select
        pieces.*,
        arrears.since as past_due_since,
        concat_ws(
            '|', pieces.price_id, pieces.quantity, pieces.unit_price, pieces.discount_share
        ) as terms,
        case
            when pieces.is_pause then 'paused'
            when pieces.valid_from <= pieces.trial_ends_on then 'trialing'
            when arrears.since is not null then 'past_due'
            else 'active'
        end as status

    from pieces

    left join arrears
        on
            pieces.subscription_id = arrears.subscription_id
            and pieces.valid_from between arrears.since and arrears.until

),

compared as (

    select
        *,
        valid_from = lag(valid_to) over in_order + 1
        and status = lag(status) over in_order
        and terms = lag(terms) over in_order as is_same

    from statuses

    window in_order as (partition by item_id order by valid_from)

),

numbered as (

    select
        *,
        count(case when is_same then null else 1 end) over (
            partition by item_id order by valid_from
        ) as period_number

    from compared

)

select
    item_id,
    period_number,
    any_value(subscription_id) as subscription_id,
    any_value(price_id) as price_id,
    any_value(line_type) as line_type,
    any_value(currency) as currency,
    any_value(status) as status,
    any_value(quantity) as quantity,
    any_value(unit_price) as unit_price,
    any_value(list_unit_price) as list_unit_price,
    any_value(discount_share) as discount_share,
    max_by(discount_ends_on, valid_from) as discount_ends_on,
    any_value(trial_ends_on) as trial_ends_on,
    min(case when status = 'past_due' then past_due_since end) as past_due_since,
    min(valid_from) as valid_from,
    case when count(valid_to) = count(*) then max(valid_to) end as valid_to,
    row_number() over (partition by item_id order by min(valid_from) desc) = 1 as is_last

from numbered

group by item_id, period_number
