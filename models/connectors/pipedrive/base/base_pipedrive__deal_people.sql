{{ config(enabled=connector_is_active('pipedrive')) }}

with deals as (

    select * from {{ ref('base_pipedrive__deals') }}

),

listed as (

    {{ united_extracts({
        'deals_participants': {
            'deal_id': 'related_item_id',
            'person_id': 'person_id',
            'is_active': 'active_flag',
            'joined_at': 'add_time',
        },
    }) }}

),

participants as (

    select
        {{ pipedrive_id('deal_id') }} as deal_id,
        {{ pipedrive_id('person_id') }} as person_id,
        min({{ moment_of('joined_at') }}) as joined_at

    from listed

    where {{ flag('is_active') }} is distinct from 'false'

    group by all

),

-- The main person of a deal is among its participants, where these are loaded.
together as (

    select
        deal_id,
        person_id,
        joined_at

    from participants

    union all

    select
        deal_id,
        person_id,
        cast(null as varchar) as joined_at

    from deals

)

select
    together.deal_id,
    together.person_id,
    case when together.person_id = deals.person_id then 'true' else 'false' end as is_primary,
    coalesce(min(together.joined_at), min(deals.created_at)) as joined_at,
    deals.person_id is not null as has_primary

from together

inner join deals
    on together.deal_id = deals.deal_id

where together.person_id is not null

group by
    together.deal_id,
    together.person_id,
    deals.person_id
