{{ config(enabled=connector_is_active('salesforce')) }}

select distinct
    opportunity_id as deal_id,
    contact_id,
    is_primary

from {{ ref('base_salesforce__opportunity_contact_role') }}

where is_deleted is distinct from 'true'

-- A contact can have several roles in a deal.
qualify row_number() over (
    partition by opportunity_id, contact_id order by is_primary desc nulls last, id asc
) = 1
