{{ config(enabled=connector_is_active('demo')) }}

select
    hs_object_id as quote_id,
    deal_id,
    lower(hs_status) as quote_status,
    hs_quote_amount as quote_amount,
    hs_currency as currency,
    createdate as created_at,
    sent_at,
    hs_expiration_date as expires_on

from {{ extract('demo', 'quotes') }}
