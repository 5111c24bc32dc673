{{ config(enabled=connector_is_active('demo')) }}

select
    owner_id,
    valid_from,
    valid_to,
    team,
    role,
    manager_id

from {{ extract('demo', 'owner_periods') }}
