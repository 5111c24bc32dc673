{{ config(enabled=connector_is_active('maven')) }}

select
    account as company_id,
    account as company_name,
    case sector when 'technolgy' then 'technology' else sector end as industry,
    case office_location when 'Philipines' then 'Philippines' else office_location end as country,
    employees as employee_count,
    {{ empty_text() }} as owner_id,
    subsidiary_of as parent_company_id,
    {{ empty_text() }} as created_at,
    'false' as is_archived,
    {{ empty_text() }} as merged_into_company_id

from {{ extract('maven', 'accounts') }}
