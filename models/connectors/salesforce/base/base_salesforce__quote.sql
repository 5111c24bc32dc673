{{ config(enabled=connector_is_active('salesforce')) }}

with versions as (

    select
        {{ cell_text(field('Id')) }} as id,
        {{ cell_text(field('OpportunityId')) }} as opportunity_id,
        {{ cell_text(field('Status')) }} as status,
        {{ money(field('GrandTotal'), currency=cell_text(field('CurrencyIsoCode'))) }} as amount,
        {{ cell_text(field('CurrencyIsoCode')) }} as currency,
        {{ moment_of(field('CreatedDate')) }} as created_at,
        {{ day_of(field('ExpirationDate')) }} as expires_on,
        {{ flag(field('IsDeleted')) }} as is_deleted,
        {{ moment_of(field('SystemModstamp')) }} as changed_at,
        {{ cell_text(field('_dlt_load_id')) }} as loaded_at

    from {{ extract('salesforce', 'Quote') }}

)

{{ latest_version('versions', key='id', by=['changed_at', 'loaded_at']) }}
