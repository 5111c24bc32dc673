{{ config(enabled=connector_is_active('pipedrive'), materialized='table') }}

with deals as (

    select * from {{ ref('base_pipedrive__deals') }}

),

changes as (

    select * from {{ ref('base_pipedrive__deal_changes') }}

),

first_changes as (

    select *

    from changes

    qualify row_number() over (
        partition by deal_id, property_name order by changed_at asc, change_number asc
    ) = 1

),

-- The loader does not ask for the flow of a deal that did not change for a month.
deals_with_flow as (

    select distinct deal_id from changes

),

property_names as (

    select unnest(['stage_id', 'status', 'amount', 'close_date', 'owner_id']) as property_name

),

deal_properties as (

    select
        deals.deal_id,
        deals.created_at,
        deals.stage_changed_at,
        deals_with_flow.deal_id is not null as has_flow,
        property_names.property_name,
        case property_names.property_name
            when 'stage_id' then deals.open_stage_id
            when 'status' then 'open'
            when 'amount' then deals.amount
            when 'close_date' then deals.expected_close_date
            when 'owner_id' then deals.owner_id
        end as value_today

    from deals

    cross join property_names

    left join deals_with_flow
        on deals.deal_id = deals_with_flow.deal_id

),

-- The value at the beginning is the one that the first change replaced. One that never changed is
-- that of today: without a flow, this is known of the stage alone, since its last change.
beginnings as (

    select
        deal_properties.deal_id,
        deal_properties.property_name,
        case
            when first_changes.deal_id is null then deal_properties.value_today
            when
                deal_properties.property_name = 'status'
                and first_changes.old_value not in ('won', 'lost')
                then 'open'
            else first_changes.old_value
        end as property_value,
        case
            when deal_properties.property_name = 'stage_id' and not deal_properties.has_flow
                then coalesce(deal_properties.stage_changed_at, deal_properties.created_at)
            else least(deal_properties.created_at, first_changes.changed_at)
        end as changed_at,
        0 as event_number

    from deal_properties

    left join first_changes
        on
            deal_properties.deal_id = first_changes.deal_id
            and deal_properties.property_name = first_changes.property_name

    where
        first_changes.deal_id is not null
        or deal_properties.property_name in ('stage_id', 'status')
        or (deal_properties.property_name != 'owner_id' and deal_properties.has_flow)

),

-- A deal that came from another tool as won has no change that says so.
closings as (

    select
        deals.deal_id,
        'status' as property_name,
        deals.status as property_value,
        coalesce(deals.closed_at, deals.created_at) as changed_at,
        1 as event_number

    from deals

    left join first_changes
        on
            deals.deal_id = first_changes.deal_id
            and first_changes.property_name = 'status'

    where
        deals.status in ('won', 'lost')
        and first_changes.deal_id is null

),

events as (

    select * from beginnings

    union all

    select * from closings

    union all

    select
        changes.deal_id,
        changes.property_name,
        changes.new_value as property_value,
        changes.changed_at,
        changes.change_number + 1 as event_number

    from changes

    inner join deals
        on changes.deal_id = deals.deal_id

    where changes.property_name != 'other'

)

-- Changes have the second in which they came: of several the last one holds.
{{ latest_version(
    'events', key=['deal_id', 'property_name', 'changed_at'], by=['event_number']
) }}
