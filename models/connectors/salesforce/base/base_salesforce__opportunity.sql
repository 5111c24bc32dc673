{{ config(enabled=connector_is_active('salesforce')) }}

with versions as (

    select
        {{ cell_text(field('Id')) }} as id,
        {{ cell_text(field('Name')) }} as opportunity_name,
        {{ cell_text(field('RecordTypeId')) }} as record_type_id,
        {{ cell_text(field('StageName')) }} as stage_id,
        {{ money(field('Amount'), currency=cell_text(field('CurrencyIsoCode'))) }} as amount,
        {{ cell_text(field('CurrencyIsoCode')) }} as currency,
        {{ share_of_percent(field('Probability')) }} as win_probability,
        {{ flag(field('IsClosed')) }} as is_closed,
        {{ flag(field('IsWon')) }} as is_won,
        {{ salesforce_owner(cell_text(field('OwnerId'))) }} as owner_id,
        {{ cell_text(field('AccountId')) }} as account_id,
        {{ cell_text(field('Plan__c')) }} as plan,
        {{ cell_text(field('Type')) }} as deal_type,
        {{ cell_text(field('ForecastCategoryName')) }} as forecast_category,
        {{ cell_text(field('Loss_Reason__c')) }} as lost_reason,
        {{ moment_of(field('CreatedDate')) }} as created_at,
        {{ day_of(field('CloseDate')) }} as close_date,
        {{ moment_of(field('LastStageChangeDate')) }} as stage_changed_at,
        {{ flag(field('IsDeleted')) }} as is_deleted,
        {{ moment_of(field('SystemModstamp')) }} as changed_at,
        {{ cell_text(field('_dlt_load_id')) }}
            as loaded_at
        {{- custom_fields('deals') }}

    from {{ extract('salesforce', 'Opportunity') }}

)

{{ latest_version('versions', key='id', by=['changed_at', 'loaded_at']) }}
