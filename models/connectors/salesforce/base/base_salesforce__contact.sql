{{ config(enabled=connector_is_active('salesforce')) }}

with versions as (

    select
        {{ cell_text(field('Id')) }} as id,
        {{ cell_text(field('AccountId')) }} as account_id,
        {{ salesforce_owner(cell_text(field('OwnerId'))) }} as owner_id,
        {{ cell_text(field('LeadSource')) }} as source,
        coalesce(
            {{ cell_text(field('MailingCountryCode')) }}, {{ cell_text(field('MailingCountry')) }}
        ) as country,
        {{ moment_of(field('CreatedDate')) }} as created_at,
        {{ flag(field('IsDeleted')) }} as is_deleted,
        {{ cell_text(field('MasterRecordId')) }} as master_record_id,
        {{ moment_of(field('SystemModstamp')) }} as changed_at,
        {{ cell_text(field('_dlt_load_id')) }}
            as loaded_at
        {{- custom_fields('contacts') }}

    from {{ extract('salesforce', 'Contact') }}

)

{{ latest_version('versions', key='id', by=['changed_at', 'loaded_at']) }}
