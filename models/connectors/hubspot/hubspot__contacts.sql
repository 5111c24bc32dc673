{{ config(enabled=connector_is_active('hubspot')) }}

select
    contact_id,
    owner_id,
    lifecycle_stage,
    lead_score,
    source,
    campaign_id,
    country,
    created_at,
    is_archived,
    merged_into_contact_id
    {{- custom_names('contacts') }}

from {{ ref('base_hubspot__contacts_merged') }}
