{{ config(enabled=connector_is_active('salesforce')) }}

select
    person_id as contact_id,
    account_id as company_id,
    'true' as is_primary

from {{ ref('base_salesforce__people') }}

where account_id is not null
