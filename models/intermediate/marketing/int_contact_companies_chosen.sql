with contact_companies as (

    select * from {{ ref('stg_contact_companies') }}

),

contacts as (

    select * from {{ ref('stg_contacts') }}

),

companies as (

    select * from {{ ref('stg_companies') }}

),

surviving_companies as (

    select * from companies where is_counted

),

-- The merged records' associations count too, under the survivors.
associations as (

    select
        contacts.surviving_contact_id as contact_id,
        companies.surviving_company_id as company_id,
        max(case when contact_companies.is_primary then 1 else 0 end) as primary_order

    from contact_companies

    inner join contacts
        on contact_companies.contact_id = contacts.contact_id

    inner join companies
        on contact_companies.company_id = companies.company_id

    group by
        contacts.surviving_contact_id,
        companies.surviving_company_id

),

ranked as (

    select
        associations.contact_id,
        associations.company_id,
        row_number() over (
            partition by associations.contact_id
            order by
                associations.primary_order desc,
                surviving_companies.created_at asc nulls last,
                associations.company_id asc
        ) as company_rank

    from associations

    inner join surviving_companies
        on associations.company_id = surviving_companies.company_id

),

final as (

    select
        contact_id,
        company_id

    from ranked

    where company_rank = 1

)

select * from final
