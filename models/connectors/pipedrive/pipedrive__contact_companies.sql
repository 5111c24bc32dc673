{{ config(enabled=connector_is_active('pipedrive')) }}

select
    person_id as contact_id,
    org_id as company_id,
    'true' as is_primary

from {{ ref('base_pipedrive__persons') }}

where org_id is not null
