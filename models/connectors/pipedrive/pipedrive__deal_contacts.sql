{{ config(enabled=connector_is_active('pipedrive')) }}

select
    deal_id,
    person_id as contact_id,
    is_primary

from {{ ref('base_pipedrive__deal_people') }}
