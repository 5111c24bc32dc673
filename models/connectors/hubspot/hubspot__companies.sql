{{ config(enabled=connector_is_active('hubspot')) }}

select
    company_id,
    company_name,
    domain,
    industry,
    country,
    employee_count,
    owner_id,
    parent_company_id,
    created_at,
    is_archived,
    merged_into_company_id
    {{- custom_names('companies') }}

from {{ ref('base_hubspot__companies_merged') }}
