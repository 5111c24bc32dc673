{{ config(enabled=connector_is_active('salesforce')) }}

select
    person_id as contact_id,
    lifecycle_stage,
    entered_at

from {{ ref('base_salesforce__lifecycle_entries') }}

where entered_at is not null
