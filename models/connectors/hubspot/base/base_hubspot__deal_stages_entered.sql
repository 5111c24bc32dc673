{{ config(enabled=connector_is_active('hubspot')) }}

select *

from {{ ref('base_hubspot__deal_changes') }}

where
    property_name = 'dealstage'
    and property_value is not null
