{{ config(enabled=connector_is_active('salesforce')) }}

with versions as (

    select
        {{ cell_text(field('Id')) }} as id,
        {{ cell_text(field('Name')) }} as user_name,
        {{ cell_text(field('Title')) }} as title,
        {{ cell_text(field('UserRoleId')) }} as user_role_id,
        {{ flag(field('IsActive')) }} as is_active,
        {{ cell_text(field('UserType')) }} as user_type,
        {{ moment_of(field('CreatedDate')) }} as created_at,
        {{ moment_of(field('SystemModstamp')) }} as changed_at,
        {{ cell_text(field('_dlt_load_id')) }} as loaded_at

    from {{ extract('salesforce', 'User') }}

),

last_versions as (

    {{ latest_version('versions', key='id', by=['changed_at', 'loaded_at']) }}

)

select
    *,
    coalesce(
        user_type in ('AutomatedProcess', 'CloudIntegrationUser', 'CsnOnly', 'Guest'), false
    ) as is_process

from last_versions
