with contacts as (

    select * from {{ ref('stg_contacts') }} where is_counted

),

owners as (

    select * from {{ ref('stg_owners') }}

),

stages_reached as (

    select
        contact_id,
        max(funnel_order) as funnel_order

    from {{ ref('int_lifecycle_stages_entered') }}

    group by contact_id

),

customers as (

    select min(funnel_order) as funnel_order

    from {{ ref('lifecycle_stages') }}

    where lifecycle_stage = 'customer'

),

-- What a source never tells of any contact, it does not have. A customer is no lead any more.
judged as (

    select
        contacts.contact_id,
        contacts.source_system,
        contacts.owner_id,
        contacts.source,
        coalesce(owners.is_archived, false) as is_owner_archived,
        count(contacts.owner_id) over (partition by contacts.source_system) > 0 as has_owners,
        count(contacts.source) over (partition by contacts.source_system) > 0 as has_sources,
        stages_reached.funnel_order < customers.funnel_order as is_open_lead

    from contacts

    cross join customers

    left join stages_reached
        on contacts.contact_id = stages_reached.contact_id

    left join owners
        on contacts.owner_id = owners.owner_id

),

final as (

    select
        'lead_without_owner' as finding,
        source_system,
        contact_id

    from judged

    where
        is_open_lead
        and has_owners
        and owner_id is null

    union all

    select
        'lead_of_archived_owner' as finding,
        source_system,
        contact_id

    from judged

    where
        is_open_lead
        and is_owner_archived

    union all

    select
        'lead_without_source' as finding,
        source_system,
        contact_id

    from judged

    where
        is_open_lead
        and has_sources
        and source is null

)

select * from final
