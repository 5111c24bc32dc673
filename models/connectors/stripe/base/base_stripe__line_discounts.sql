{{ config(enabled=connector_is_active('stripe')) }}

select
    {{ cell_text(field('_dlt_parent_id')) }} as line_key,
    {{ amount_of(field('amount')) }} as minor_amount

from {{ extract('stripe', 'invoice__lines__data__discount_amounts') }}
