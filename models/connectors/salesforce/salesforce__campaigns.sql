{{ config(enabled=connector_is_active('salesforce')) }}

select
    id as campaign_id,
    campaign_name,
    source,
    start_date,
    end_date,
    budget_amount,
    currency

from {{ ref('base_salesforce__campaign') }}

where is_deleted is distinct from 'true'
