{{ config(enabled=connector_is_active('demo')) }}

select
    id as owner_id,
    first_name || ' ' || last_name as owner_name,
    team,
    role,
    created_at,
    archived as is_archived

from {{ extract('demo', 'owners') }}
