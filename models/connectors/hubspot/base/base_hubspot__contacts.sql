{{ config(enabled=connector_is_active('hubspot'), materialized='table') }}

with records as (

    select
        {{ hubspot_id(field('id')) }} as contact_id,
        {{ hubspot_id(field('hubspot_owner_id')) }} as owner_id,
        {{ hubspot_lifecycle_stage(field('lifecyclestage')) }} as lifecycle_stage,
        {{ cell_text(field('hubspotscore')) }} as lead_score,
        {{ word(field('hs_analytics_source'), {
            'organic social': 'SOCIAL_MEDIA',
            'offline sources': 'OFFLINE',
        }, other="upper(replace(" ~ cell_text(field('hs_analytics_source')) ~ ", ' ', '_'))") }}
            as source,
        {{ cell_text(field('utm_campaign')) }} as campaign_id,
        {{ cell_text(field('country')) }} as country,
        {{ moment_of(field('createdate')) }} as created_at,
        {{ hubspot_id(field('associatedcompanyid')) }} as primary_company_id,
        {{ cell_text(field('associated_company_ids')) }} as company_ids,
        {{ cell_text(field('hs_merged_object_ids')) }} as merged_ids,
        {{ flag(field('is_deleted')) }} as is_deleted,
        {{ cell_text(field('_dlt_load_id')) }}
            as loaded_at
        {{- custom_fields('contacts') }}

    from {{ extract('hubspot', 'contacts') }}

)

{{ latest_version('records', key='contact_id', by=['loaded_at']) }}
