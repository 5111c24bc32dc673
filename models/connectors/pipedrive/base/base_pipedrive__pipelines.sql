{{ config(enabled=connector_is_active('pipedrive')) }}

with versions as (

    select
        {{ pipedrive_id(field('id')) }} as pipeline_id,
        {{ cell_text(field('name')) }} as pipeline_name,
        {{ flag(field('is_deal_probability_enabled')) }} as has_probabilities,
        {{ pipedrive_is_deleted() }} as is_deleted,
        {{ moment_of(field('update_time')) }} as updated_at,
        {{ cell_text(field('_dlt_load_id')) }} as loaded_at

    from {{ extract('pipedrive', 'pipelines') }}

)

{{ latest_version('versions', key='pipeline_id', by=['updated_at', 'loaded_at']) }}
