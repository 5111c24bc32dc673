{{ config(enabled=connector_is_active('demo')) }}

select
    pipeline_id,
    pipeline_label as pipeline_name,
    stage_id,
    stage_label as stage_name,
    display_order as stage_order,
    probability as win_probability,
    is_closed,
    is_won,
    archived as is_archived

from {{ extract('demo', 'pipelines') }}
