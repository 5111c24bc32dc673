{{ config(enabled=connector_is_active('stripe')) }}

select
    customer_id as company_id,
    customer_name as company_name,
    country,
    created_at,
    is_deleted as is_archived

from {{ ref('base_stripe__customers') }}
