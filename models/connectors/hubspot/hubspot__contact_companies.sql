{{ config(enabled=connector_is_active('hubspot')) }}

select
    contact_id,
    company_id,
    is_primary

from {{ ref('base_hubspot__contact_companies') }}
