{{ config(enabled=connector_is_active('pipedrive'), materialized='table') }}

with events as (

    select * from {{ ref('base_pipedrive__deal_events') }}

    where property_name in ('stage_id', 'status', 'close_date')

),

-- A date that was cleared is an empty text here, since it must not be filled from before.
moments as (

    select
        deal_id,
        changed_at,
        max(case when property_name = 'stage_id' then property_value end) as stage_id,
        max(case when property_name = 'status' then property_value end) as status,
        max(case when property_name = 'close_date' then coalesce(property_value, '') end)
            as close_date

    from events

    group by
        deal_id,
        changed_at

),

filled as (

    select
        deal_id,
        changed_at,
        last_value(stage_id ignore nulls) over history as open_stage_id,
        last_value(status ignore nulls) over history as status,
        last_value(close_date ignore nulls) over history as expected_close_date,
        last_value(case when status is not null then changed_at end ignore nulls) over history
            as status_since,
        last_value(case when status is not null then changed_at end ignore nulls) over (
            partition by deal_id
            order by changed_at
            rows between unbounded preceding and unbounded following
        ) as last_status_since

    from moments

    window history as (
        partition by deal_id
        order by changed_at
        rows between unbounded preceding and current row
    )

)

select
    filled.deal_id,
    filled.changed_at,
    filled.status,
    case when filled.status in ('won', 'lost') then filled.status else filled.open_stage_id end
        as stage_id,
    -- A closed deal is due on the day of its closing; people may write another one for the last.
    case
        when filled.status not in ('won', 'lost') then nullif(filled.expected_close_date, '')
        when filled.status_since = filled.last_status_since and deals.status = filled.status
            then deals.close_date
        else {{ day_of('filled.status_since') }}
    end as close_date

from filled

inner join {{ ref('base_pipedrive__deals') }} as deals
    on filled.deal_id = deals.deal_id
