{{ config(enabled=connector_is_active('pipedrive')) }}

select
    pipeline_id,
    pipeline_name,
    stage_id,
    stage_name,
    stage_order,
    win_probability,
    is_closed,
    is_won,
    is_archived

from {{ ref('base_pipedrive__pipeline_stages') }}
