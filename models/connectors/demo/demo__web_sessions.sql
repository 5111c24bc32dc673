{{ config(enabled=connector_is_active('demo')) }}

select
    session_id,
    visitor_id,
    contact_id,
    started_at,
    duration_seconds,
    page_views,
    source,
    campaign_id,
    landing_page,
    hostname,
    user_agent_type

from {{ extract('demo', 'web_sessions') }}
