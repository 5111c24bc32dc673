{{ config(enabled=connector_is_active('pipedrive')) }}

with listed as (

    {{ united_extracts({
        'activities': {
            'record_id': 'id',
            'kind': 'type',
            'person_id': 'person_id',
            'deal_id': 'deal_id',
            'owner_id': 'owner_id',
            'is_done': 'done',
            'done_at': 'marked_as_done_time',
            'due_on': 'due_date',
            'due_time': 'due_time',
            'is_deleted': 'is_deleted',
            'is_active': 'active_flag',
        },
        'notes': {
            'record_id': 'id',
            'kind': "'note'",
            'person_id': 'person_id',
            'deal_id': 'deal_id',
            'owner_id': 'user_id',
            'is_done': "'true'",
            'done_at': 'add_time',
            'is_active': 'active_flag',
        },
    }) }}

)

-- Notes and activities have numbers of their own. The clock of a due time is in UTC; an activity
-- of a whole day has none.
select
    case when kind = 'note' then 'note-' else '' end || {{ pipedrive_id('record_id') }}
        as activity_id,
    kind,
    {{ pipedrive_id('person_id') }} as person_id,
    {{ pipedrive_id('deal_id') }} as deal_id,
    {{ pipedrive_id('owner_id') }} as owner_id,
    coalesce(
        {{ moment_of('done_at') }},
        {{ moment_of("due_on || ' ' || due_time") }},
        {{ moment_of('due_on') }}
    ) as occurred_at

from listed

-- An activity that is planned did not happen yet.
where
    {{ flag('is_done') }} = 'true'
    and {{ flag('is_deleted') }} is distinct from 'true'
    and {{ flag('is_active') }} is distinct from 'false'
