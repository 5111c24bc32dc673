{{ config(enabled=connector_is_active('stripe')) }}

select distinct {{ cell_text(field('_dlt_parent_id', 'subscription_id')) }} as subscription_key

from {{ extract('stripe', 'subscription__discounts') }}
