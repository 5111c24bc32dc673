{{ config(enabled=connector_is_active('demo')) }}

select
    deal_id,
    contact_id,
    is_primary

from {{ extract('demo', 'deal_contacts') }}
