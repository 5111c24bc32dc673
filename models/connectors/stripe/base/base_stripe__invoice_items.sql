{{ config(enabled=connector_is_active('stripe')) }}

select
    {{ cell_text(field('id')) }} as invoice_line_id,
    {{ cell_text(field('_dlt_parent_id', 'invoice_id')) }} as invoice_key,
    {{ amount_of(field('_dlt_list_idx')) }} as place,
    {{ cell_text(field('subscription', 'parent__subscription_item_details__subscription')) }}
        as subscription_id,
    {{ cell_text(field(
        'subscription_item', 'parent__subscription_item_details__subscription_item'
    )) }} as item_id,
    {{ cell_text(field('price__id', 'pricing__price_details__price', 'plan__id')) }} as price_id,
    coalesce(
        {{ flag(field('proration', 'parent__subscription_item_details__proration')) }} = 'true',
        false
    ) as is_proration,
    {{ amount_of(field('quantity')) }} as quantity,
    {{ amount_of(field('amount')) }} as minor_amount,
    upper({{ cell_text(field('currency')) }}) as currency,
    {{ utc_of(field('period__start')) }} as started_at,
    {{ day_of_epoch(field('period__start')) }} as started_on,
    greatest(
        {{ day_of_epoch(field('period__start')) }}, {{ day_of_epoch(field('period__end')) }} - 1
    ) as ends_on,
    {{ cell_text(field('_dlt_id', 'id')) }} as row_key

from {{ extract('stripe', 'invoice__lines__data') }}
