{{ config(enabled=connector_is_active('salesforce')) }}

with versions as (

    select
        {{ cell_text(field('Id')) }} as id,
        {{ cell_text(field('Name')) }} as account_name,
        {{ cell_text(field('Industry')) }} as industry,
        regexp_extract(
            lower({{ cell_text(field('Website')) }}), '^(?:https?://)?(?:www[.])?([^/?#:]+)', 1
        ) as domain,
        coalesce(
            {{ cell_text(field('BillingCountryCode')) }}, {{ cell_text(field('BillingCountry')) }}
        ) as country,
        {{ money(field('NumberOfEmployees')) }} as employee_count,
        {{ salesforce_owner(cell_text(field('OwnerId'))) }} as owner_id,
        {{ cell_text(field('ParentId')) }} as parent_id,
        {{ moment_of(field('CreatedDate')) }} as created_at,
        {{ flag(field('IsDeleted')) }} as is_deleted,
        {{ cell_text(field('MasterRecordId')) }} as master_record_id,
        {{ moment_of(field('SystemModstamp')) }} as changed_at,
        {{ cell_text(field('_dlt_load_id')) }}
            as loaded_at
        {{- custom_fields('companies') }}

    from {{ extract('salesforce', 'Account') }}

)

{{ latest_version('versions', key='id', by=['changed_at', 'loaded_at']) }}
