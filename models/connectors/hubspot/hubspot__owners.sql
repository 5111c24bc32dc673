{{ config(enabled=connector_is_active('hubspot')) }}

select
    owner_id,
    owner_name,
    team_name as team,
    is_archived

from {{ ref('base_hubspot__owners_named') }}
