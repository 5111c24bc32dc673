{{ config(enabled=connector_is_active('stripe')) }}

select
    {{ cell_text(field('id')) }} as invoice_id,
    {{ cell_text(field('customer')) }} as customer_id,
    {{ cell_text(field('subscription')) }} as subscription_id,
    {{ cell_text(field('status')) }} as status,
    upper({{ cell_text(field('currency')) }}) as currency,
    {{ minor_units(field('total'), field('currency')) }} as total,
    {{ minor_units(total_without_tax(), field('currency')) }} as total_excluding_tax,
    {{ minor_units(field('subtotal'), field('currency')) }} as subtotal,
    {{ amount_of(field('attempt_count')) }} as attempt_count,
    {{ utc_of(field('created')) }} as created_at,
    {{ day_of_epoch(field('created')) }} as created_on,
    {{ day_of_epoch(field('effective_at')) }} as effective_on,
    {{ day_of_epoch(field('status_transitions__finalized_at')) }} as finalized_on,
    {{ day_of_epoch(field('status_transitions__marked_uncollectible_at')) }} as uncollectible_on,
    {{ day_of_epoch(field('status_transitions__paid_at')) }} as paid_on,
    {{ day_of_epoch(field('due_date')) }} as due_on,
    {{ amount_of(share_of_percent(field('discount__coupon__percent_off'))) }} as discount_share,
    {{ cell_text(field('_dlt_id', 'id')) }} as row_key

from {{ extract('stripe', 'invoice') }}

where coalesce({{ flag(field('is_deleted')) }}, 'false') != 'true'

qualify {{ is_of_last_load() }}
