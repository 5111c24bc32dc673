{{ config(enabled=connector_is_active('hubspot')) }}

select
    deal_id,
    case property_name
        when 'closedate' then 'close_date'
        when 'hubspot_owner_id' then 'owner_id'
        else property_name
    end as property_name,
    property_value,
    changed_at

from {{ ref('base_hubspot__deal_values_changed') }}
