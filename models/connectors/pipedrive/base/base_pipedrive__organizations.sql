{{ config(enabled=connector_is_active('pipedrive')) }}

{%- set labelled = pipedrive_labelled('organization') %}
with versions as (

    select
        {{ pipedrive_id(field('id')) }} as org_id,
        {{ cell_text(field('name')) }} as org_name,
        regexp_extract(
            lower({{ cell_text(field('website')) }}), '^(?:https?://)?(?:www[.])?([^/?#:]+)', 1
        ) as domain,
        {{ cell_text(pipedrive_field(labelled, 'industry')) }} as industry,
        {{ cell_text(field('address__country')) }} as country,
        {{ whole_id(cell_text(pipedrive_field(labelled, 'employee_count'))) }} as employee_count,
        {{ pipedrive_id(field('owner_id')) }} as owner_id,
        {{ moment_of(field('add_time')) }} as created_at,
        {{ pipedrive_is_deleted() }} as is_deleted,
        {{ moment_of(field('update_time')) }} as updated_at,
        {{ cell_text(field('_dlt_load_id')) }} as loaded_at
        {{- custom_fields('companies', labelled) }}

    from {{ extract('pipedrive', 'organizations') }}

)

{{ latest_version('versions', key='org_id', by=['updated_at', 'loaded_at']) }}
