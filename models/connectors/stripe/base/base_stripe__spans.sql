{{ config(enabled=connector_is_active('stripe')) }}

{#-
    The terms of an item with their last day. Days that no invoice bills, between days that are
    billed, are a pause; so are those after the last bill of a subscription that is paused today.
-#}
with terms as (

    select
        terms.*,
        subscriptions.ends_on as subscription_ends_on,
        subscriptions.trial_ends_on,
        coalesce(
            subscriptions.cancels_on,
            case
                when subscriptions.is_cancelled_at_period_end
                    then coalesce(items.paid_until, subscriptions.paid_until)
            end
        ) as cancels_on,
        subscriptions.is_pause_set or subscriptions.status = 'paused' as is_paused,
        items.item_id is not null as is_current,
        coalesce(
            subscriptions.discount_id,
            discounts.subscription_key,
            customers.discount_id
        ) is not null as is_discounted,
        coalesce(subscriptions.discount_ends_on, discounts.ends_on) as known_discount_ends_on

    from {{ ref('base_stripe__terms') }} as terms

    inner join {{ ref('base_stripe__subscriptions') }} as subscriptions
        on terms.subscription_id = subscriptions.subscription_id

    left join {{ ref('base_stripe__items') }} as items on terms.item_id = items.item_id

    left join {{ ref('base_stripe__subscription_discounts') }} as discounts
        on subscriptions.row_key = discounts.subscription_key

    left join {{ ref('base_stripe__customers') }} as customers
        on subscriptions.customer_id = customers.customer_id

),

served as (

    select
        *,
        false as is_pause,
        started_on as valid_from,
        case
            when next_on is not null then least(coalesce(ends_on, next_on - 1), next_on - 1)
            when subscription_ends_on is not null
                then greatest(
                    started_on,
                    least(coalesce(ends_on, subscription_ends_on), subscription_ends_on)
                )
            when is_current and not is_paused then cancels_on
            else ends_on
        end as valid_to,
        case
            when next_on is not null or discount_share = 0 then null
            when not is_discounted then ends_on
            else known_discount_ends_on
        end as discount_ends_on

    from terms

),

paused as (

    select
        * exclude (valid_from, valid_to, is_pause, discount_ends_on),
        true as is_pause,
        ends_on + 1 as valid_from,
        next_on - 1 as valid_to,
        cast(null as date) as discount_ends_on

    from served

    where
        ends_on + 1 < next_on
        or (
            next_on is null
            and subscription_ends_on is null
            and is_current
            and is_paused
        )

),

spans as (

    select * from served

    union all by name

    select * from paused

)

select
    item_id,
    subscription_id,
    price_id,
    line_type,
    currency,
    quantity,
    unit_price,
    list_unit_price,
    discount_share,
    discount_ends_on,
    is_pause,
    trial_ends_on,
    valid_from,
    valid_to

from spans

where quantity > 0 or line_type = 'metered'
