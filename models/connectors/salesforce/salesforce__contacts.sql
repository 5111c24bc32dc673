{{ config(enabled=connector_is_active('salesforce')) }}

with people as (

    select * from {{ ref('base_salesforce__people') }}

),

entries as (

    select * from {{ ref('base_salesforce__lifecycle_entries') }}

),

-- The conversion, a deal and a win say more than the status of the lead.
last_entries as (

    select
        person_id,
        lifecycle_stage

    from entries

    qualify row_number() over (
        partition by person_id
        order by
            case lifecycle_stage
                when 'customer' then 1 when 'opportunity' then 2 when 'sql' then 3 else 4
            end asc,
            entered_at desc
    ) = 1

),

final as (

    select
        people.person_id as contact_id,
        people.owner_id,
        last_entries.lifecycle_stage,
        people.source,
        people.campaign_id,
        people.country,
        people.is_deleted as is_archived,
        people.master_record_id as merged_into_contact_id,
        people.created_at
        {{- custom_names('contacts', 'people') }}

    from people

    left join last_entries
        on people.person_id = last_entries.person_id

)

select * from final
