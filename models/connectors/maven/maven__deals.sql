{{ config(enabled=connector_is_active('maven')) }}

select
    opportunity_id as deal_id,
    'sales' as pipeline_id,
    deal_stage as stage_id,
    close_value as deal_amount,
    sales_agent as owner_id,
    account as company_id,
    case product when 'GTXPro' then 'GTX Pro' else product end as plan,
    engage_date as created_at,
    close_date,
    'false' as is_archived
    {{- custom_fields('deals') }}

from {{ extract('maven', 'sales_pipeline') }}
