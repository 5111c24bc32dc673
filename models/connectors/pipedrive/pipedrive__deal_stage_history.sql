{{ config(enabled=connector_is_active('pipedrive')) }}

select
    deal_id,
    stage_id,
    changed_at as entered_at

from {{ ref('base_pipedrive__stages_entered') }}
