{{ config(enabled=connector_is_active('demo')) }}

select
    hs_object_id as activity_id,
    activity_type,
    contact_id,
    deal_id,
    hubspot_owner_id as owner_id,
    is_automated,
    hs_timestamp as occurred_at

from {{ extract('demo', 'activities') }}
