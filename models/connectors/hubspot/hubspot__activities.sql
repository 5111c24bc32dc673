{{ config(enabled=connector_is_active('hubspot')) }}

select
    engagement_id as activity_id,
    kind as activity_type,
    contact_id,
    deal_id,
    owner_id,
    occurred_at

from {{ ref('base_hubspot__engagements') }}
