{{ config(enabled=connector_is_active('demo')) }}

select
    visit_id,
    campaign_id,
    visited_at,
    badge_id,
    contact_id,
    hubspot_owner_id as owner_id

from {{ extract('demo', 'trade_show_visits') }}
