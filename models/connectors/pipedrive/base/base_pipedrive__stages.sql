{{ config(enabled=connector_is_active('pipedrive')) }}

with versions as (

    select
        {{ pipedrive_id(field('id')) }} as stage_id,
        {{ pipedrive_id(field('pipeline_id')) }} as pipeline_id,
        {{ cell_text(field('name')) }} as stage_name,
        {{ money(field('order_nr')) }} as stage_order,
        {{ share_of_percent(field('deal_probability')) }} as win_probability,
        {{ pipedrive_is_deleted() }} as is_deleted,
        {{ moment_of(field('update_time')) }} as updated_at,
        {{ cell_text(field('_dlt_load_id')) }} as loaded_at

    from {{ extract('pipedrive', 'stages') }}

)

{{ latest_version('versions', key='stage_id', by=['updated_at', 'loaded_at']) }}
