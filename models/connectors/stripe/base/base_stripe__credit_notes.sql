{{ config(enabled=connector_is_active('stripe')) }}

select
    {{ cell_text(field('id')) }} as credit_note_id,
    {{ cell_text(field('customer')) }} as customer_id,
    {{ cell_text(field('invoice')) }} as invoice_id,
    {{ cell_text(field('status')) }} as status,
    upper({{ cell_text(field('currency')) }}) as currency,
    {{ minor_units(field('total'), field('currency')) }} as total,
    {{ minor_units(field('total_excluding_tax'), field('currency')) }} as total_excluding_tax,
    {{ minor_units(field('subtotal'), field('currency')) }} as subtotal,
    {{ day_of_epoch(field('created')) }} as created_on,
    {{ day_of_epoch(field('effective_at')) }} as effective_on,
    {{ cell_text(field('_dlt_id', 'id')) }} as row_key

from {{ extract('stripe', 'credit_note') }}

qualify {{ is_of_last_load() }}
