{{ config(enabled=connector_is_active('demo')) }}

select
    subscription_id,
    line_id,
    company_id,
    deal_id,
    plan_id,
    line_type,
    status as subscription_status,
    quantity,
    unit_price,
    list_unit_price,
    discount_share,
    discount_ends_on,
    currency,
    billing_interval,
    interval_count,
    valid_from,
    valid_to,
    trial_ends_on,
    cancel_requested_on,
    paid_until,
    past_due_since,
    cancellation_reason

from {{ extract('demo', 'subscriptions') }}
