{{ config(enabled=connector_is_active('pipedrive')) }}

select
    person_id as contact_id,
    lifecycle_stage,
    entered_at

from {{ ref('base_pipedrive__lifecycle_entries') }}
