{{ config(enabled=connector_is_active('salesforce')) }}

with versions as (

    select
        {{ cell_text(field('Id')) }} as id,
        {{ cell_text(field('OpportunityId')) }} as opportunity_id,
        {{ cell_text(field('Field')) }} as field_name,
        {{ cell_text(field('OldValue')) }} as old_value,
        {{ cell_text(field('NewValue')) }} as new_value,
        {{ moment_of(field('CreatedDate')) }} as changed_at,
        {{ flag(field('IsDeleted')) }} as is_deleted,
        {{ cell_text(field('_dlt_load_id')) }} as loaded_at

    from {{ extract('salesforce', 'OpportunityFieldHistory') }}

)

{{ latest_version('versions', key='id', by=['changed_at', 'loaded_at']) }}
