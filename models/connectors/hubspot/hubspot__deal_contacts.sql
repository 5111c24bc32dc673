{{ config(enabled=connector_is_active('hubspot')) }}

select
    deal_id,
    contact_id

from {{ ref('base_hubspot__deal_contacts') }}
