{{ config(enabled=connector_is_active('salesforce')) }}

with contacts as (

    select * from {{ ref('base_salesforce__contact') }}

),

leads as (

    select * from {{ ref('base_salesforce__lead') }}

),

person_records as (

    select * from {{ ref('base_salesforce__person_records') }}

),

members as (

    select * from {{ ref('base_salesforce__campaign_member') }}

    where is_deleted is distinct from 'true'

),

first_leads as (

    select
        person_records.person_id,
        leads.source,
        leads.country,
        leads.created_at

    from leads

    inner join person_records
        on leads.id = person_records.record_id

    where leads.id != person_records.person_id

    qualify row_number() over (
        partition by person_records.person_id order by leads.created_at asc, leads.id asc
    ) = 1

),

-- The first campaign that a person was in is where the person came from.
first_campaigns as (

    select
        person_records.person_id,
        members.campaign_id

    from members

    inner join person_records
        on coalesce(members.contact_id, members.lead_id) = person_records.record_id

    qualify row_number() over (
        partition by person_records.person_id order by members.created_at asc, members.id asc
    ) = 1

),

people as (

    select
        contacts.id as person_id,
        contacts.account_id,
        contacts.owner_id,
        coalesce(first_leads.source, contacts.source) as source,
        coalesce(contacts.country, first_leads.country) as country,
        least(first_leads.created_at, contacts.created_at) as created_at,
        contacts.is_deleted,
        contacts.master_record_id
        {{- custom_names('contacts', 'contacts') }}

    from contacts

    left join first_leads
        on contacts.id = first_leads.person_id

    union all

    select
        leads.id as person_id,
        cast(null as varchar) as account_id,
        leads.owner_id,
        leads.source,
        leads.country,
        leads.created_at,
        leads.is_deleted,
        leads.master_record_id
        {{- salesforce_no_custom_names('contacts') }}

    from leads

    inner join person_records
        on leads.id = person_records.person_id

),

final as (

    select
        people.*,
        first_campaigns.campaign_id

    from people

    left join first_campaigns
        on people.person_id = first_campaigns.person_id

)

select * from final
