{{ config(enabled=connector_is_active('salesforce')) }}

with versions as (

    select
        {{ cell_text(field('Id')) }} as id,
        {{ cell_text(field('Status')) }} as status,
        {{ salesforce_owner(cell_text(field('OwnerId'))) }} as owner_id,
        {{ cell_text(field('LeadSource')) }} as source,
        coalesce(
            {{ cell_text(field('CountryCode')) }}, {{ cell_text(field('Country')) }}
        ) as country,
        {{ moment_of(field('CreatedDate')) }} as created_at,
        {{ flag(field('IsConverted')) }} as is_converted,
        {{ moment_of(field('ConvertedDate')) }} as converted_at,
        {{ cell_text(field('ConvertedContactId')) }} as converted_contact_id,
        {{ flag(field('IsDeleted')) }} as is_deleted,
        {{ cell_text(field('MasterRecordId')) }} as master_record_id,
        {{ moment_of(field('SystemModstamp')) }} as changed_at,
        {{ cell_text(field('_dlt_load_id')) }} as loaded_at

    from {{ extract('salesforce', 'Lead') }}

)

{{ latest_version('versions', key='id', by=['changed_at', 'loaded_at']) }}
