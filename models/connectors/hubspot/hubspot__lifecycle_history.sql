{{ config(enabled=connector_is_active('hubspot')) }}

select
    contact_id,
    lifecycle_stage,
    changed_at as entered_at

from {{ ref('base_hubspot__lifecycles_entered') }}
