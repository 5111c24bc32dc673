{{ config(enabled=connector_is_active('pipedrive')) }}

select
    deal_id,
    deal_name,
    pipeline_id,
    stage_id,
    amount as deal_amount,
    currency,
    owner_id,
    org_id as company_id,
    plan,
    deal_type,
    forecast_category,
    lost_reason,
    is_deleted as is_archived,
    created_at,
    close_date
    {{- custom_names('deals') }}

from {{ ref('base_pipedrive__deals') }}
