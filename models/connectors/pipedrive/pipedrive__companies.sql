{{ config(enabled=connector_is_active('pipedrive')) }}

select
    org_id as company_id,
    org_name as company_name,
    nullif(domain, '') as domain,
    industry,
    country,
    employee_count,
    owner_id,
    is_deleted as is_archived,
    created_at
    {{- custom_names('companies') }}

from {{ ref('base_pipedrive__organizations') }}
