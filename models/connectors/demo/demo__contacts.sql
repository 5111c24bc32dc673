{{ config(enabled=connector_is_active('demo')) }}

select
    hs_object_id as contact_id,
    hubspot_owner_id as owner_id,
    {{ demo_lifecycle_stage('lifecyclestage') }} as lifecycle_stage,
    hubspotscore as lead_score,
    hs_analytics_source as source,
    hs_campaign_id as campaign_id,
    country,
    createdate as created_at,
    archived as is_archived,
    merged_into_id as merged_into_contact_id
    {{- custom_fields('contacts') }}

from {{ extract('demo', 'contacts') }}
