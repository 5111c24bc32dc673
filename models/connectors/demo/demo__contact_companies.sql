{{ config(enabled=connector_is_active('demo')) }}

select
    contact_id,
    company_id,
    is_primary

from {{ extract('demo', 'contact_companies') }}
