{{ config(enabled=connector_is_active('hubspot'), materialized='table') }}

with records as (

    select
        {{ hubspot_id(field('id')) }} as deal_id,
        {{ cell_text(field('dealname')) }} as deal_name,
        {{ cell_text(field('pipeline')) }} as pipeline_id,
        {{ cell_text(field('dealstage')) }} as stage_id,
        {{ money(field('amount'), currency=cell_text(field('deal_currency_code'))) }}
            as deal_amount,
        {{ cell_text(field('deal_currency_code')) }} as currency,
        {{ hubspot_id(field('hubspot_owner_id')) }} as owner_id,
        {{ cell_text(field('hubspot_team')) }} as team_name,
        {{ cell_text(field('plan')) }} as plan,
        {{ word(field('dealtype'), {
            'newbusiness': 'new_business',
            'new business': 'new_business',
            'existingbusiness': 'existing_business',
            'existing business': 'existing_business',
        }) }} as deal_type,
        {{ word(field('hs_manual_forecast_category'), {'omit': 'omitted'}) }} as forecast_category,
        {{ cell_text(field('closed_lost_reason')) }} as lost_reason,
        {{ moment_of(field('createdate')) }} as created_at,
        {{ day_of(field('closedate')) }} as close_date,
        {{ hubspot_id(field('hs_primary_associated_company')) }} as primary_company_id,
        {{ cell_text(field('associated_company_ids')) }} as company_ids,
        {{ cell_text(field('associated_contact_ids')) }} as contact_ids,
        {{ cell_text(field('hs_merged_object_ids')) }} as merged_ids,
        {{ flag(field('is_deleted')) }} as is_deleted,
        {{ cell_text(field('_dlt_load_id')) }}
            as loaded_at
        {{- custom_fields('deals') }}

    from {{ extract('hubspot', 'deals') }}

)

{{ latest_version('records', key='deal_id', by=['loaded_at']) }}
