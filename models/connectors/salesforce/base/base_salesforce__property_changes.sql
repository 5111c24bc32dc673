{{ config(enabled=connector_is_active('salesforce')) }}

with opportunities as (

    select * from {{ ref('base_salesforce__opportunity') }}

),

history as (

    select * from {{ ref('base_salesforce__opportunity_history') }}

    where is_deleted is distinct from 'true'

),

-- A change of the owner has two rows: one with names, one with ids.
field_history as (

    select
        *,
        case field_name
            when 'Owner' then 'owner_id'
            when 'Amount' then 'amount'
            when 'CloseDate' then 'close_date'
        end as property_name

    from {{ ref('base_salesforce__opportunity_field_history') }}

    where
        is_deleted is distinct from 'true'
        and (
            (field_name = 'Owner' and new_value like '005%')
            or (
                field_name in ('Amount', 'CloseDate')
                and opportunity_id not in (
                    select history.opportunity_id from history
                    where history.opportunity_id is not null
                )
            )
        )

),

united as (

    select
        opportunity_id,
        'amount' as property_name,
        amount as property_value,
        changed_at,
        id as history_id

    from history

    union all

    select
        opportunity_id,
        'close_date' as property_name,
        close_date as property_value,
        changed_at,
        id as history_id

    from history

    union all

    select
        opportunity_id,
        property_name,
        new_value as property_value,
        changed_at,
        id as history_id

    from field_history

    union all

    -- The value at the beginning is the one that the first change replaced.
    (select
        field_history.opportunity_id,
        field_history.property_name,
        field_history.old_value as property_value,
        opportunities.created_at as changed_at,
        '' as history_id

    from field_history

    inner join opportunities
        on field_history.opportunity_id = opportunities.id

    qualify row_number() over (
        partition by field_history.opportunity_id, field_history.property_name
        order by field_history.changed_at asc, field_history.id asc
    ) = 1)

),

-- Of two rows in one second the second one holds.
last_of_moments as (

    {{ latest_version(
        'united', key=['opportunity_id', 'property_name', 'changed_at'], by=['history_id']
    ) }}

),

-- A value that was never filled in is no change.
changed as (

    select
        opportunity_id,
        property_name,
        property_value,
        changed_at

    from last_of_moments

    qualify
        property_value is distinct from lag(property_value) over (
            partition by opportunity_id, property_name order by changed_at asc
        )

)

select * from changed
