{{ config(enabled=connector_is_active('salesforce')) }}

select
    opportunity_id as deal_id,
    property_name,
    property_value,
    changed_at

from {{ ref('base_salesforce__property_changes') }}
