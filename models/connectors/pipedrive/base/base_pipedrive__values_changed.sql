{{ config(enabled=connector_is_active('pipedrive')) }}

with told as (

    select
        deal_id,
        property_name,
        property_value,
        changed_at

    from {{ ref('base_pipedrive__deal_events') }}

    where property_name in ('amount', 'owner_id')

    union all

    select
        deal_id,
        'close_date' as property_name,
        close_date as property_value,
        changed_at

    from {{ ref('base_pipedrive__deal_states') }}

    -- Without its flow nobody knows when a deal was expected to be closed.
    where
        deal_id in (
            select changes.deal_id
            from {{ ref('base_pipedrive__deal_changes') }} as changes
        )

)

-- A value that was never filled in is no change.
select *

from told

qualify
    property_value is distinct from lag(property_value) over (
        partition by deal_id, property_name order by changed_at asc
    )
