{{ config(enabled=connector_is_active('hubspot')) }}

{#- HubSpot keeps so many changes of a property of a deal, the last ones. -#}
{%- set most_kept = 20 -%}

with deals as (

    select * from {{ ref('base_hubspot__deals') }}

),

entries as (

    select
        deal_id,
        property_value,
        changed_at,
        kept_count

    from {{ ref('base_hubspot__deal_changes') }}

    where
        property_name = 'dealstage'
        and property_value is not null

),

-- A deal has a stage from its creation on: a history that begins later lacks its beginning.
histories as (

    select
        deals.deal_id,
        deals.pipeline_id,
        deals.created_at,
        min_by(entries.property_value, entries.changed_at) as first_stage_id,
        coalesce(
            try_cast(min(entries.changed_at) as timestamp)
            > try_cast(deals.created_at as timestamp) + interval 1 minute,
            false
        ) as begins_late,
        max(entries.kept_count) >= {{ most_kept }} as is_full

    from deals

    inner join entries
        on deals.deal_id = entries.deal_id

    group by
        deals.deal_id,
        deals.pipeline_id,
        deals.created_at

),

first_stages as (

    select
        pipeline_id,
        first_stage_id

    from histories

    where not begins_late

    group by
        pipeline_id,
        first_stage_id

    qualify row_number() over (
        partition by pipeline_id
        order by count(*) desc, first_stage_id
    ) = 1

),

-- When a deal of which HubSpot lost the first stages began is known, and not where: it is taken to
-- have been created in the stage in which most deals of its pipeline were, and to have stayed there
-- until the first change that is left. Without this it would have been in the stage of today, and
-- a deal under negotiation would have had the probability of that from its first day on.
completed as (

    select
        deal_id,
        property_value,
        changed_at

    from entries

    union all

    select
        histories.deal_id,
        first_stages.first_stage_id as property_value,
        histories.created_at as changed_at

    from histories

    inner join first_stages
        on histories.pipeline_id = first_stages.pipeline_id

    where
        histories.begins_late
        and histories.is_full

)

{{ without_repeats('completed', key='deal_id', value='property_value', at='changed_at') }}
