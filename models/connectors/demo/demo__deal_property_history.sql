{{ config(enabled=connector_is_active('demo')) }}

select
    deal_id,
    case property
        when 'closedate' then 'close_date'
        when 'hubspot_owner_id' then 'owner_id'
        else property
    end as property_name,
    value as property_value,
    changed_at

from {{ extract('demo', 'deal_property_history') }}
