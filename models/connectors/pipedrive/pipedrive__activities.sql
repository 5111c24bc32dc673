{{ config(enabled=connector_is_active('pipedrive')) }}

select
    activity_id,
    kind as activity_type,
    person_id as contact_id,
    deal_id,
    owner_id,
    occurred_at

from {{ ref('base_pipedrive__activities') }}
