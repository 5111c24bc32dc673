with deal_contacts as (

    select * from {{ ref('stg_deal_contacts') }}

),

deals as (

    select * from {{ ref('stg_deals') }}

),

contacts as (

    select * from {{ ref('stg_contacts') }}

),

surviving_contacts as (

    select * from contacts where is_counted

),

-- The merged records' associations count too, under the survivors.
associations as (

    select
        deals.surviving_deal_id as deal_id,
        contacts.surviving_contact_id as contact_id,
        max(case when deal_contacts.is_primary then 1 else 0 end) as primary_order

    from deal_contacts

    inner join deals
        on deal_contacts.deal_id = deals.deal_id

    inner join contacts
        on deal_contacts.contact_id = contacts.contact_id

    group by
        deals.surviving_deal_id,
        contacts.surviving_contact_id

),

final as (

    select
        associations.deal_id,
        associations.contact_id,
        row_number() over (
            partition by associations.deal_id
            order by
                associations.primary_order desc,
                surviving_contacts.created_at asc nulls last,
                associations.contact_id asc
        ) as contact_rank

    from associations

    inner join surviving_contacts
        on associations.contact_id = surviving_contacts.contact_id

)

select * from final
