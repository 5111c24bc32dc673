{{ config(enabled=connector_is_active('stripe')) }}

select
    prices.price_id as plan_id,
    products.product_name as plan_name,
    products.product_family,
    prices.billing_interval,
    prices.interval_count,
    prices.unit_price as list_price,
    prices.currency,
    prices.is_active

from {{ ref('base_stripe__prices') }} as prices

left join {{ ref('base_stripe__products') }} as products on prices.product_id = products.product_id
