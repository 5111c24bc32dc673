{{ config(enabled=connector_is_active('salesforce')) }}

select
    opportunity_id as deal_id,
    stage_id,
    changed_at as entered_at

from {{ ref('base_salesforce__stage_changes') }}
