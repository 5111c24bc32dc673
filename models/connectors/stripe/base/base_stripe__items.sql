{{ config(enabled=connector_is_active('stripe')) }}

select
    {{ cell_text(field('id')) }} as item_id,
    {{ cell_text(field('subscription')) }} as subscription_id,
    {{ cell_text(field('price__id')) }} as price_id,
    {{ amount_of(field('quantity')) }} as quantity,
    {{ utc_of(field('created')) }} as created_at,
    {{ day_of_epoch(field('created')) }} as created_on,
    {{ day_of_epoch(field('current_period_end')) }} - 1 as paid_until

from {{ extract('stripe', 'subscription__items__data') }}

where
    {{ cell_text(field('_dlt_parent_id', 'subscription', 'subscription_id')) }}
    in (
        select subscriptions.row_key
        from {{ ref('base_stripe__subscriptions') }} as subscriptions
    )
