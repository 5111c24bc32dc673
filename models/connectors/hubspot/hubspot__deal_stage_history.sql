{{ config(enabled=connector_is_active('hubspot')) }}

select
    deal_id,
    property_value as stage_id,
    changed_at as entered_at

from {{ ref('base_hubspot__deal_stages_entered') }}
