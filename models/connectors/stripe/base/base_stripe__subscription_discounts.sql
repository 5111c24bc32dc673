{{ config(enabled=connector_is_active('stripe')) }}

select
    {{ cell_text(field('_dlt_parent_id')) }} as subscription_key,
    max({{ day_of_epoch(field('end')) }}) - 1 as ends_on

from {{ extract('stripe', 'subscription__discounts') }}

group by {{ cell_text(field('_dlt_parent_id')) }}
