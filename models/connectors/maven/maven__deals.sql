{{ config(enabled=connector_is_active('maven')) }}

select
    opportunity_id as deal_id,
    'sales' as pipeline_id,
    deal_stage as stage_id,
    close_value as deal_amount,
    {{ empty_text() }} as currency,
    sales_agent as owner_id,
    account as company_id,
    case product when 'GTXPro' then 'GTX Pro' else product end as plan,
    {{ empty_text() }} as deal_type,
    {{ empty_text() }} as lost_reason,
    engage_date as created_at,
    close_date,
    'false' as is_archived,
    {{ empty_text() }} as merged_into_deal_id

from {{ extract('maven', 'sales_pipeline') }}
