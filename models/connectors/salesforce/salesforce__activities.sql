{{ config(enabled=connector_is_active('salesforce')) }}

with activities as (

    select * from {{ ref('base_salesforce__activities') }}

),

person_records as (

    select * from {{ ref('base_salesforce__person_records') }}

)

select
    activities.id as activity_id,
    lower(activities.activity_type) as activity_type,
    person_records.person_id as contact_id,
    case when activities.what_id like '006%' then activities.what_id end as deal_id,
    activities.owner_id,
    activities.occurred_at

from activities

left join person_records
    on activities.who_id = person_records.record_id
