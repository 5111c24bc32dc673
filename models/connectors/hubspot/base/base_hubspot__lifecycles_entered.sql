{{ config(enabled=connector_is_active('hubspot')) }}

-- A contact falls back by way of no stage at all: HubSpot clears the stage first.
select *

from {{ ref('base_hubspot__contact_changes') }}

where lifecycle_stage is not null
