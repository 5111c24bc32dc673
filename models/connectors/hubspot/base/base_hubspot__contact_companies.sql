{{ config(enabled=connector_is_active('hubspot')) }}

with contacts as (

    select * from {{ ref('base_hubspot__contacts') }}

),

links as (

    {{ united_extracts({
        'companies__contacts': {'contact_id': 'contacts_id', 'company_id': 'value'},
    }) }}

    union

    select
        contact_id,
        trim(unnest(string_split(company_ids, ';'))) as company_id

    from contacts

    union

    select
        contact_id,
        primary_company_id as company_id

    from contacts

)

select
    links.contact_id,
    links.company_id,
    case when links.company_id = contacts.primary_company_id then 'true' else 'false' end
        as is_primary

from links

left join contacts
    on links.contact_id = contacts.contact_id

where links.company_id is not null
