{{ config(enabled=connector_is_active('maven')) }}

select
    account as company_id,
    account as company_name,
    case sector when 'technolgy' then 'technology' else sector end as industry,
    case office_location when 'Philipines' then 'Philippines' else office_location end as country,
    employees as employee_count,
    subsidiary_of as parent_company_id,
    'false' as is_archived
    {{- custom_fields('companies') }}

from {{ extract('maven', 'accounts') }}
