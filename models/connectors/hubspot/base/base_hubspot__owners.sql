{{ config(enabled=connector_is_active('hubspot')) }}

with records as (

    select
        {{ hubspot_id(field('id')) }} as owner_id,
        {{ cell_text(field('first_name')) }} as first_name,
        {{ cell_text(field('last_name')) }} as last_name,
        {{ cell_text(field('email')) }} as email,
        {{ flag(field('archived')) }} as is_archived,
        {{ moment_of(field('created_at')) }} as created_at,
        {{ cell_text(field('active_user_id')) }} as active_user_id,
        {{ flag(field('is_deleted')) }} as is_deleted,
        {{ cell_text(field('_dlt_id')) }} as row_key,
        {{ cell_text(field('_dlt_load_id')) }} as loaded_at

    from {{ extract('hubspot', 'owners') }}

)

{{ latest_version('records', key='owner_id', by=['loaded_at']) }}
