{{ config(enabled=connector_is_active('pipedrive')) }}

select
    person_id as contact_id,
    owner_id,
    lifecycle_stage,
    lead_score,
    source,
    campaign as campaign_id,
    country,
    is_deleted as is_archived,
    created_at
    {{- custom_names('contacts') }}

from {{ ref('base_pipedrive__people') }}
