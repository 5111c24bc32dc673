{{ config(enabled=connector_is_active('pipedrive'), materialized='table') }}

with deals as (

    select * from {{ ref('base_pipedrive__deals') }}

    where is_deleted = 'false'

),

deal_people as (

    select * from {{ ref('base_pipedrive__deal_people') }}

),

stages_entered as (

    select * from {{ ref('base_pipedrive__stages_entered') }}

),

known as (

    select
        person_id,
        created_at

    from {{ ref('base_pipedrive__persons') }}

    union all

    select
        person_id,
        created_at

    from {{ ref('base_pipedrive__leads') }}

),

wins as (

    select
        deals.deal_id,
        coalesce(max(stages_entered.changed_at), max(deals.closed_at), max(deals.created_at))
            as won_at

    from deals

    left join stages_entered
        on
            deals.deal_id = stages_entered.deal_id
            and stages_entered.stage_id = 'won'

    where deals.status = 'won'

    group by deals.deal_id

)

select
    person_id,
    'lead' as lifecycle_stage,
    min(created_at) as entered_at

from known

where person_id is not null

group by person_id

union all

select
    deal_people.person_id,
    'opportunity' as lifecycle_stage,
    min(deal_people.joined_at) as entered_at

from deal_people

inner join deals
    on deal_people.deal_id = deals.deal_id

group by deal_people.person_id

union all

-- A customer is the main person of a won deal; all who take part, where nobody is.
select
    deal_people.person_id,
    'customer' as lifecycle_stage,
    min(wins.won_at) as entered_at

from deal_people

inner join wins
    on deal_people.deal_id = wins.deal_id

where
    deal_people.is_primary = 'true'
    or not deal_people.has_primary

group by deal_people.person_id
