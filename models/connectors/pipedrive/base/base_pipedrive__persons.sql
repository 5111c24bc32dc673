{{ config(enabled=connector_is_active('pipedrive'), materialized='table') }}

{%- set labelled = pipedrive_labelled('person') %}
with versions as (

    select
        {{ pipedrive_id(field('id')) }} as person_id,
        {{ pipedrive_id(field('owner_id')) }} as owner_id,
        {{ pipedrive_id(field('org_id')) }} as org_id,
        {{ cell_text(pipedrive_field(labelled, 'source')) }} as source,
        {{ cell_text(pipedrive_field(labelled, 'campaign')) }} as campaign,
        {{ cell_text(pipedrive_field(labelled, 'lead_score')) }} as lead_score,
        {{ cell_text(field('postal_address__country')) }} as country,
        {{ moment_of(field('add_time')) }} as created_at,
        {{ pipedrive_is_deleted() }} as is_deleted,
        {{ moment_of(field('update_time')) }} as updated_at,
        {{ cell_text(field('_dlt_load_id')) }} as loaded_at
        {{- custom_fields('contacts', labelled) }}

    from {{ extract('pipedrive', 'persons') }}

)

{{ latest_version('versions', key='person_id', by=['updated_at', 'loaded_at']) }}
