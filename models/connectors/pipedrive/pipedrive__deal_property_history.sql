{{ config(enabled=connector_is_active('pipedrive')) }}

select
    deal_id,
    property_name,
    property_value,
    changed_at

from {{ ref('base_pipedrive__values_changed') }}
