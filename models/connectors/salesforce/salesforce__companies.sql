{{ config(enabled=connector_is_active('salesforce')) }}

select
    id as company_id,
    account_name as company_name,
    nullif(domain, '') as domain,
    industry,
    country,
    employee_count,
    owner_id,
    parent_id as parent_company_id,
    is_deleted as is_archived,
    master_record_id as merged_into_company_id,
    created_at
    {{- custom_names('companies') }}

from {{ ref('base_salesforce__account') }}
