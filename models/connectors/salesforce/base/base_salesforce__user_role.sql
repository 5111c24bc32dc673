{{ config(enabled=connector_is_active('salesforce')) }}

with versions as (

    select
        {{ cell_text(field('Id')) }} as id,
        {{ cell_text(field('Name')) }} as role_name,
        {{ moment_of(field('SystemModstamp')) }} as changed_at,
        {{ cell_text(field('_dlt_load_id')) }} as loaded_at

    from {{ extract('salesforce', 'UserRole') }}

)

{{ latest_version('versions', key='id', by=['changed_at', 'loaded_at']) }}
