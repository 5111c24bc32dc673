with contacts as (

    select * from {{ ref('stg_contacts') }}

),

lifecycle_history as (

    select * from {{ ref('stg_lifecycle_history') }}

),

lifecycle_stages as (

    select * from {{ ref('lifecycle_stages') }}

),

reporting as (

    select * from {{ ref('int_reporting_date') }}

),

history_of_survivors as (

    select
        contacts.surviving_contact_id as contact_id,
        lifecycle_history.lifecycle_stage,
        lifecycle_history.entered_at

    from lifecycle_history

    inner join contacts
        on lifecycle_history.contact_id = contacts.contact_id

),

contacts_with_history as (

    select distinct contact_id from history_of_survivors

),

-- A source without history still tells the current stage: the contact is taken to have entered it
-- when it was created.
entries as (

    select
        contact_id,
        lifecycle_stage,
        entered_at

    from history_of_survivors

    union all

    select
        contacts.contact_id,
        contacts.lifecycle_stage,
        contacts.created_at as entered_at

    from contacts

    left join contacts_with_history
        on contacts.contact_id = contacts_with_history.contact_id

    where
        contacts.is_counted
        and contacts_with_history.contact_id is null

),

final as (

    select
        entries.contact_id,
        lifecycle_stages.funnel_order,
        min({{ reporting_day('entries.entered_at') }}) as entered_date,
        min(entries.entered_at) as entered_at

    from entries

    inner join lifecycle_stages
        on entries.lifecycle_stage = lifecycle_stages.lifecycle_stage

    cross join reporting

    where
        lifecycle_stages.funnel_order >= 1
        and {{ reporting_day('entries.entered_at') }} <= reporting.reporting_date

    group by
        entries.contact_id,
        lifecycle_stages.funnel_order

)

select * from final
