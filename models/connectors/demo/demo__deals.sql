{{ config(enabled=connector_is_active('demo')) }}

select
    hs_object_id as deal_id,
    dealname as deal_name,
    pipeline as pipeline_id,
    dealstage as stage_id,
    amount as deal_amount,
    deal_currency_code as currency,
    hubspot_owner_id as owner_id,
    associatedcompanyid as company_id,
    plan,
    case dealtype
        when 'newbusiness' then 'new_business'
        when 'existingbusiness' then 'existing_business'
        else dealtype
    end as deal_type,
    case hs_manual_forecast_category when 'OMIT' then 'omitted' else hs_manual_forecast_category end
        as forecast_category,
    closed_lost_reason as lost_reason,
    createdate as created_at,
    closedate as close_date,
    archived as is_archived,
    merged_into_id as merged_into_deal_id
    {{- custom_fields('deals') }}

from {{ extract('demo', 'deals') }}
