{{ config(enabled=connector_is_active('stripe')) }}

select
    {{ cell_text(field('id')) }} as credit_note_line_id,
    {{ cell_text(field('_dlt_parent_id')) }} as credit_note_key,
    {{ cell_text(field('invoice_line_item')) }} as invoice_line_id,
    {{ amount_of(field('quantity')) }} as quantity,
    {{ amount_of(field('amount')) }} - coalesce({{ amount_of(field('discount_amount')) }}, 0)
        as minor_amount

from {{ extract('stripe', 'credit_note__lines__data') }}
