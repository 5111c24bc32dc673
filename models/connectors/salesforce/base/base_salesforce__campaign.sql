{{ config(enabled=connector_is_active('salesforce')) }}

with versions as (

    select
        {{ cell_text(field('Id')) }} as id,
        {{ cell_text(field('Name')) }} as campaign_name,
        {{ cell_text(field('Type')) }} as source,
        {{ day_of(field('StartDate')) }} as start_date,
        {{ day_of(field('EndDate')) }} as end_date,
        {{ money(field('BudgetedCost'), currency=cell_text(field('CurrencyIsoCode'))) }}
            as budget_amount,
        {{ cell_text(field('CurrencyIsoCode')) }} as currency,
        {{ flag(field('IsDeleted')) }} as is_deleted,
        {{ moment_of(field('SystemModstamp')) }} as changed_at,
        {{ cell_text(field('_dlt_load_id')) }} as loaded_at

    from {{ extract('salesforce', 'Campaign') }}

)

{{ latest_version('versions', key='id', by=['changed_at', 'loaded_at']) }}
