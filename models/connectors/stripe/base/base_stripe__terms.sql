{{ config(enabled=connector_is_active('stripe')) }}

{#-
    The terms of each item of a subscription from a day on, until the next row: as the lines of its
    invoices bill them, and as the item is today. A void invoice bills nothing, nor does a draft;
    nor does one that was given up when it was made, as a pause does. A credit for the rest of a
    period without a new charge says that the item was taken away: its quantity is 0.
-#}
with billed as (

    select
        item_id,
        subscription_id,
        price_id,
        line_type,
        currency,
        started_on,
        ends_on,
        unit_price,
        list_unit_price,
        discount_share,
        case when is_credit then 0 else quantity end as quantity

    from {{ ref('base_stripe__lines') }}

    where
        item_id is not null
        and invoice_status not in ('void', 'draft')
        and not is_given_up

    qualify row_number() over (
        partition by item_id, started_on
        order by is_credit asc, started_at desc, invoiced_at desc, place desc
    ) = 1

),

moments as (

    select created_at as moment from {{ ref('base_stripe__invoices') }}

    union all

    select started_at as moment from {{ ref('base_stripe__subscriptions') }}

),

-- A change that no invoice tells yet is known since the extract was read.
reading as (

    select {{ reporting_day('max(moment)') }} as read_on from moments

),

last_billed as (

    select *

    from billed

    qualify row_number() over (partition by item_id order by started_on desc) = 1

),

today as (

    select
        items.item_id,
        items.subscription_id,
        items.price_id,
        prices.line_type,
        prices.currency,
        case
            when last_billed.item_id is null then items.created_on
            else greatest(reading.read_on, last_billed.started_on + 1)
        end as started_on,
        case when last_billed.item_id is not null then items.paid_until end as ends_on,
        prices.unit_price,
        prices.unit_price as list_unit_price,
        cast(null as decimal(28, 8)) as discount_share,
        coalesce(items.quantity, 0) as quantity

    from {{ ref('base_stripe__items') }} as items

    inner join {{ ref('base_stripe__subscriptions') }} as subscriptions
        on items.subscription_id = subscriptions.subscription_id

    left join {{ ref('base_stripe__prices') }} as prices on items.price_id = prices.price_id

    left join last_billed on items.item_id = last_billed.item_id

    cross join reading

    where
        last_billed.item_id is null
        or (
            subscriptions.ends_on is null
            and prices.line_type = 'recurring'
            and (
                items.quantity != last_billed.quantity
                or items.price_id != last_billed.price_id
            )
        )

),

terms as (

    select * from billed

    union all by name

    select * from today

)

select
    item_id,
    subscription_id,
    price_id,
    line_type,
    currency,
    started_on,
    ends_on,
    quantity,
    coalesce(unit_price, last_value(unit_price ignore nulls) over so_far) as unit_price,
    coalesce(list_unit_price, unit_price) as list_unit_price,
    coalesce(
        discount_share,
        last_value(discount_share ignore nulls) over so_far,
        last_value(discount_share ignore nulls) over so_far_in_subscription,
        0
    ) as discount_share,
    lead(started_on) over (partition by item_id order by started_on) as next_on

from terms

window
    so_far as (partition by item_id order by started_on),
    so_far_in_subscription as (partition by subscription_id order by started_on)
