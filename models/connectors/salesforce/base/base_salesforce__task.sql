{{ config(enabled=connector_is_active('salesforce')) }}

with versions as (

    select
        {{ cell_text(field('Id')) }} as id,
        coalesce(
            {{ cell_text(field('Type')) }}, {{ cell_text(field('TaskSubtype')) }}
        ) as activity_type,
        {{ cell_text(field('WhoId')) }} as who_id,
        {{ cell_text(field('WhatId')) }} as what_id,
        {{ salesforce_owner(cell_text(field('OwnerId'))) }} as owner_id,
        {{ flag(field('IsClosed')) }} as is_closed,
        coalesce(
            {{ moment_of(field('CompletedDateTime')) }}, {{ moment_of(field('ActivityDate')) }}
        ) as occurred_at,
        {{ flag(field('IsDeleted')) }} as is_deleted,
        {{ moment_of(field('SystemModstamp')) }} as changed_at,
        {{ cell_text(field('_dlt_load_id')) }} as loaded_at

    from {{ extract('salesforce', 'Task') }}

)

{{ latest_version('versions', key='id', by=['changed_at', 'loaded_at']) }}
