{{ config(enabled=connector_is_active('pipedrive')) }}

with versions as (

    select
        {{ pipedrive_id(field('id')) }} as user_id,
        {{ cell_text(field('name')) }} as user_name,
        {{ cell_text(field('email')) }} as email,
        {{ pipedrive_is_deleted() }} as is_deleted,
        {{ moment_of(field('created')) }} as created_at,
        {{ moment_of(field('modified')) }} as updated_at,
        {{ cell_text(field('_dlt_load_id')) }} as loaded_at

    from {{ extract('pipedrive', 'users') }}

)

{{ latest_version('versions', key='user_id', by=['updated_at', 'loaded_at']) }}
