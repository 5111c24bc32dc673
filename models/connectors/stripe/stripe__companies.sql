{{ config(enabled=connector_is_active('stripe')) }}

select
    customer_id as company_id,
    customer_name as company_name,
    nullif(split_part(email, '@', 2), '') as domain,
    country,
    {{ id_of_other_source('crm_company_id') }} as merged_into_company_id,
    is_deleted as is_archived,
    created_at
    {{- custom_names('companies') }}

from {{ ref('base_stripe__customers') }}
