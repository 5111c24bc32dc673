{{ config(enabled=connector_is_active('salesforce')) }}

with tasks as (

    select * from {{ ref('base_salesforce__task') }}

),

events as (

    select * from {{ ref('base_salesforce__event') }}

),

-- What is planned did not happen yet: an event after the last change of any event lies ahead.
last_changes as (

    select max(changed_at) as changed_at from events

),

final as (

    select
        id,
        activity_type,
        who_id,
        what_id,
        owner_id,
        occurred_at

    from tasks

    where
        is_closed = 'true'
        and is_deleted is distinct from 'true'

    union all

    -- A guest of a meeting has a copy of it.
    select
        events.id,
        coalesce(events.activity_type, 'meeting') as activity_type,
        events.who_id,
        events.what_id,
        events.owner_id,
        events.occurred_at

    from events

    cross join last_changes

    where
        events.is_child is distinct from 'true'
        and events.is_deleted is distinct from 'true'
        and events.occurred_at <= last_changes.changed_at

)

select * from final
