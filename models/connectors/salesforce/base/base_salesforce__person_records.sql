{{ config(enabled=connector_is_active('salesforce')) }}

with contacts as (

    select * from {{ ref('base_salesforce__contact') }}

),

leads as (

    select * from {{ ref('base_salesforce__lead') }}

),

final as (

    select
        id as record_id,
        id as person_id

    from contacts

    union all

    -- A lead that was converted is the same person as its contact.
    select
        leads.id as record_id,
        coalesce(contacts.id, leads.id) as person_id

    from leads

    left join contacts
        on leads.converted_contact_id = contacts.id

)

select * from final
