with customers as (

    select * from {{ ref('int_customers_dated') }}

),

companies as (

    select * from {{ ref('stg_companies') }}

),

owners as (

    select * from {{ ref('stg_owners') }}

),

purchases as (

    select * from {{ ref('int_invoices_counted') }} where is_purchase

),

reporting as (

    select * from {{ ref('int_reporting_date') }}

),

last_purchases as (

    select
        customer_id,
        max(issued_date) as last_purchase_date

    from purchases

    group by customer_id

),

-- A source that never names an owner has none, and without companies nobody is linked to one.
sources as (

    select
        source_system,
        count(owner_id) > 0 as has_owners

    from companies

    group by source_system

),

crm as (

    select count(*) > 0 as has_companies from companies

),

-- The companies of a source that names those of another one are customers, and should be linked.
billing_sources as (

    select distinct source_system

    from companies

    where source_system in ({{ billing_sources() }})

),

judged as (

    select
        customers.customer_id,
        companies.source_system as company_source,
        coalesce(companies.has_contradicting_links, false) as has_contradicting_links,
        billing_sources.source_system is not null as is_not_linked,
        companies.owner_id,
        coalesce(owners.is_archived, false) as is_owner_archived,
        coalesce(sources.has_owners, false) as has_owners,
        crm.has_companies,
        coalesce(
            customers.last_active_month
            >= cast({{ dbt.date_trunc('month', 'reporting.reporting_date') }} as date),
            false
        ) or coalesce(
            last_purchases.last_purchase_date
            > cast({{ dbt.dateadd('month', -12, 'reporting.reporting_date') }} as date),
            false
        ) as is_paying

    from customers

    cross join reporting

    cross join crm

    left join companies
        on customers.customer_id = companies.company_id

    left join billing_sources
        on companies.source_system = billing_sources.source_system

    left join owners
        on companies.owner_id = owners.owner_id

    left join sources
        on companies.source_system = sources.source_system

    left join last_purchases
        on customers.customer_id = last_purchases.customer_id

),

final as (

    select
        'customer_without_company' as finding,
        'customer' as record_type,
        customer_id

    from judged

    where
        (company_source is null or is_not_linked)
        and has_companies
        and not has_contradicting_links

    union all

    select
        'company_links_contradict' as finding,
        'company' as record_type,
        customer_id

    from judged

    where has_contradicting_links

    union all

    select
        'customer_without_owner' as finding,
        'company' as record_type,
        customer_id

    from judged

    where
        is_paying
        and has_owners
        and owner_id is null

    union all

    select
        'customer_of_archived_owner' as finding,
        'company' as record_type,
        customer_id

    from judged

    where
        is_paying
        and is_owner_archived

)

select * from final
