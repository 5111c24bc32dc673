{{ config(enabled=connector_is_active('demo')) }}

select
    plan_id,
    plan_name,
    product_family,
    billing_interval,
    interval_count,
    list_price,
    currency,
    is_active

from {{ extract('demo', 'plans') }}
