{{ config(enabled=connector_is_active('demo')) }}

select
    deal_id,
    dealstage as stage_id,
    entered_at

from {{ extract('demo', 'deal_stage_history') }}
