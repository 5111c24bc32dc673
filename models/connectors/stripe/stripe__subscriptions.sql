{{ config(enabled=connector_is_active('stripe')) }}

with periods as (

    select * from {{ ref('base_stripe__periods') }}

),

subscriptions as (

    select * from {{ ref('base_stripe__subscriptions') }}

),

items as (

    select * from {{ ref('base_stripe__items') }}

),

prices as (

    select * from {{ ref('base_stripe__prices') }}

)

select
    periods.subscription_id,
    periods.item_id as line_id,
    subscriptions.customer_id as company_id,
    subscriptions.deal_id,
    periods.price_id as plan_id,
    periods.line_type,
    -- A status that Stripe did not have when this was written may be one that pays nothing.
    case
        when
            subscriptions.status in (
                'trialing', 'active', 'past_due', 'unpaid', 'paused', 'canceled'
            )
            then periods.status
        else subscriptions.status
    end as subscription_status,
    periods.quantity,
    periods.unit_price,
    periods.list_unit_price,
    periods.discount_share,
    periods.discount_ends_on,
    periods.currency,
    prices.billing_interval,
    prices.interval_count,
    periods.valid_from,
    periods.valid_to,
    periods.trial_ends_on,
    case
        when
            periods.is_last
            or periods.valid_to >= subscriptions.cancel_requested_on
            then subscriptions.cancel_requested_on
    end as cancel_requested_on,
    case
        when periods.is_last or periods.valid_to >= subscriptions.cancel_requested_on
            then coalesce(
                subscriptions.ends_on,
                subscriptions.cancels_on,
                items.paid_until,
                subscriptions.paid_until
            )
    end as paid_until,
    periods.past_due_since,
    case
        when periods.is_last and subscriptions.cancel_requested_on is not null
            then {{ word('subscriptions.feedback', {
                'too_expensive': 'price',
                'missing_features': 'missing_feature',
                'switched_service': 'switched_to_competitor',
            }) }}
    end as cancellation_reason

from periods

inner join subscriptions on periods.subscription_id = subscriptions.subscription_id

left join items on periods.item_id = items.item_id

left join prices on periods.price_id = prices.price_id
