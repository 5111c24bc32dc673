{{ config(enabled=connector_is_active('stripe')) }}

select
    {{ cell_text(field('id')) }} as product_id,
    {{ cell_text(field('name')) }} as product_name,
    {{ metadata_of('metadata__product_family') }} as product_family,
    {{ flag(field('active')) }} as is_active

from {{ extract('stripe', 'product') }}

qualify {{ is_of_last_load() }}
