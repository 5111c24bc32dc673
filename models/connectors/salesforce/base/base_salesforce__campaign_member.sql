{{ config(enabled=connector_is_active('salesforce')) }}

with versions as (

    select
        {{ cell_text(field('Id')) }} as id,
        {{ cell_text(field('CampaignId')) }} as campaign_id,
        {{ cell_text(field('LeadId')) }} as lead_id,
        {{ cell_text(field('ContactId')) }} as contact_id,
        {{ moment_of(field('CreatedDate')) }} as created_at,
        {{ flag(field('IsDeleted')) }} as is_deleted,
        {{ moment_of(field('SystemModstamp')) }} as changed_at,
        {{ cell_text(field('_dlt_load_id')) }} as loaded_at

    from {{ extract('salesforce', 'CampaignMember') }}

)

{{ latest_version('versions', key='id', by=['changed_at', 'loaded_at']) }}
