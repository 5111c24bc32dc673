{{ config(enabled=connector_is_active('stripe')) }}

select
    coalesce({{ cell_text(field('unique_id')) }}, {{ cell_text(field('id')) }})
        as invoice_line_id,
    {{ cell_text(field('_dlt_parent_id')) }} as invoice_key,
    {{ amount_of(field('_dlt_list_idx')) }} as place,
    {{ cell_text(field('subscription')) }} as subscription_id,
    {{ cell_text(field('subscription_item')) }} as item_id,
    coalesce({{ cell_text(field('price__id')) }}, {{ cell_text(field('plan_id')) }}) as price_id,
    coalesce(
        {{ flag(field('proration')) }} = 'true',
        false
    ) as is_proration,
    coalesce({{ flag(field('discountable')) }}, 'true') != 'false' as is_discountable,
    {{ amount_of(field('quantity')) }} as quantity,
    {{ amount_of(field('amount')) }} as minor_amount,
    upper({{ cell_text(field('currency')) }}) as currency,
    {{ utc_of(field('period__start')) }} as started_at,
    {{ day_of_epoch(field('period__start')) }} as started_on,
    greatest(
        {{ day_of_epoch(field('period__start')) }}, {{ day_of_epoch(field('period__end')) }} - 1
    ) as ends_on,
    coalesce(
        {{ cell_text(field('_dlt_id', 'unique_id')) }}, {{ cell_text(field('id')) }}
    ) as row_key

from {{ extract('stripe', 'invoice__lines__data') }}
