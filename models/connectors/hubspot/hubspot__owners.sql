{{ config(enabled=connector_is_active('hubspot')) }}

select
    owner_id,
    owner_name,
    team_name as team,
    created_at,
    is_archived

from {{ ref('base_hubspot__owners_named') }}
