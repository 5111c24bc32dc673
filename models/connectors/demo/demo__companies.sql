{{ config(enabled=connector_is_active('demo')) }}

select
    hs_object_id as company_id,
    name as company_name,
    industry,
    country,
    numberofemployees as employee_count,
    hubspot_owner_id as owner_id,
    parent_company_id,
    createdate as created_at,
    archived as is_archived,
    merged_into_id as merged_into_company_id
    {{- custom_fields('companies') }}

from {{ extract('demo', 'companies') }}
