{{ config(enabled=connector_is_active('hubspot')) }}

select
    deal_id,
    deal_name,
    pipeline_id,
    stage_id,
    deal_amount,
    currency,
    owner_id,
    company_id,
    plan,
    deal_type,
    forecast_category,
    lost_reason,
    created_at,
    close_date,
    is_archived,
    merged_into_deal_id
    {{- custom_names('deals') }}

from {{ ref('base_hubspot__deals_linked') }}
