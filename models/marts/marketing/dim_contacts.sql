{{ config(pre_hook="{{ add_custom_columns('contacts') }}{{ add_custom_cuts('companies') }}") }}

with contacts as (

    select * from {{ ref('stg_contacts') }} where is_counted

),

contact_companies as (

    select * from {{ ref('int_contact_companies_chosen') }}

),

companies as (

    select * from {{ ref('dim_companies') }}

),

owners as (

    select * from {{ ref('dim_owners') }}

),

channels as (

    select * from {{ ref('channels') }}

),

campaigns as (

    select * from {{ ref('dim_campaigns') }}

),

{{ links_of('contact') }},

final as (

    select
        contacts.contact_id,
        contact_companies.company_id,
        contacts.owner_id,
        owners.owner_name,
        owners.team,
        -- A source that the reference seed does not know keeps its own name.
        coalesce(channels.channel, lower(contacts.source)) as channel,
        channels.touchpoint,
        contacts.campaign_id,
        campaigns.campaign_name,
        coalesce(contacts.country, companies.country) as country,
        companies.industry,
        contacts.lifecycle_stage,
        contacts.lead_score,
        {{ reporting_day('contacts.created_at') }} as created_date,
        {{ address_of('contacts', 'contact_id') }} as record_url
        {{- custom_names('contacts', 'contacts') }}
        {{- custom_cuts('companies', 'companies') }}

    from contacts

    left join contact_companies
        on contacts.contact_id = contact_companies.contact_id

    left join companies
        on contact_companies.company_id = companies.company_id

    left join owners
        on contacts.owner_id = owners.owner_id

    left join channels
        on contacts.source = channels.source

    left join campaigns
        on contacts.campaign_id = campaigns.campaign_id

    left join links
        on contacts.source_system = links.source_system

)

select * from final
