{{ config(enabled=connector_is_active('pipedrive')) }}

{%- set labelled = pipedrive_labelled('deal') %}
with versions as (

    select
        {{ cell_text(field('id')) }} as lead_id,
        {{ pipedrive_id(field('person_id')) }} as person_id,
        {{ cell_text(pipedrive_field(labelled, 'channel')) }} as channel,
        {{ cell_text(field('channel_id')) }} as channel_id,
        {{ moment_of(field('add_time')) }} as created_at,
        {{ moment_of(field('update_time')) }} as updated_at,
        {{ cell_text(field('_dlt_load_id')) }} as loaded_at

    from {{ extract('pipedrive', 'leads') }}

)

{{ latest_version('versions', key='lead_id', by=['updated_at', 'loaded_at']) }}
