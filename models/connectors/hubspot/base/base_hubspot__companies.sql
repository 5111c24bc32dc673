{{ config(enabled=connector_is_active('hubspot'), materialized='table') }}

with records as (

    select
        {{ hubspot_id(field('id')) }} as company_id,
        {{ cell_text(field('name')) }} as company_name,
        {{ cell_text(field('domain')) }} as domain,
        {{ cell_text(field('industry')) }} as industry,
        {{ cell_text(field('country')) }} as country,
        {{ whole_id(cell_text(field('numberofemployees'))) }} as employee_count,
        {{ hubspot_id(field('hubspot_owner_id')) }} as owner_id,
        {{ hubspot_id(field('hs_parent_company_id')) }} as parent_company_id,
        {{ cell_text(field('hs_merged_object_ids')) }} as merged_ids,
        {{ moment_of(field('createdate')) }} as created_at,
        {{ flag(field('is_deleted')) }} as is_deleted,
        {{ cell_text(field('_dlt_load_id')) }}
            as loaded_at
        {{- custom_fields('companies') }}

    from {{ extract('hubspot', 'companies') }}

)

{{ latest_version('records', key='company_id', by=['loaded_at']) }}
