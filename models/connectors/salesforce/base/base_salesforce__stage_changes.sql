{{ config(enabled=connector_is_active('salesforce')) }}

with opportunities as (

    select * from {{ ref('base_salesforce__opportunity') }}

),

history as (

    select * from {{ ref('base_salesforce__opportunity_history') }}

    where is_deleted is distinct from 'true'

),

field_history as (

    select * from {{ ref('base_salesforce__opportunity_field_history') }}

    where
        field_name = 'StageName'
        and is_deleted is distinct from 'true'

),

-- A history has the name that a stage had on that day.
former_stages as (

    select * from {{ ref('salesforce_former_stages') }}

    where
        former_stage not in (
            select opportunities.stage_id from opportunities
            where opportunities.stage_id is not null
        )

),

-- Rows of a history that also has one for each change of the amount, the close date and the
-- probability.
of_history as (

    select
        opportunity_id,
        stage_id,
        changed_at,
        id as history_id

    from history

),

of_field_history as (

    select
        opportunity_id,
        new_value as stage_id,
        changed_at,
        id as history_id

    from field_history

    union all

    -- The stage at the beginning is the one that the first change replaced.
    (select
        field_history.opportunity_id,
        field_history.old_value as stage_id,
        opportunities.created_at as changed_at,
        '' as history_id

    from field_history

    inner join opportunities
        on field_history.opportunity_id = opportunities.id

    qualify row_number() over (
        partition by field_history.opportunity_id
        order by field_history.changed_at asc, field_history.id asc
    ) = 1)

),

united as (

    select * from of_history

    union all

    select * from of_field_history

    where
        opportunity_id not in (
            select of_history.opportunity_id from of_history
            where of_history.opportunity_id is not null
        )

    union all

    -- Without any history the present stage and the day of the last change are known.
    select
        id as opportunity_id,
        stage_id,
        coalesce(stage_changed_at, created_at) as changed_at,
        '' as history_id

    from opportunities

    where
        id not in (
            select of_history.opportunity_id from of_history
            where of_history.opportunity_id is not null
        )
        and id not in (
            select of_field_history.opportunity_id from of_field_history
            where of_field_history.opportunity_id is not null
        )

),

named as (

    select
        united.opportunity_id,
        coalesce(former_stages.stage, united.stage_id) as stage_id,
        united.changed_at,
        united.history_id

    from united

    left join former_stages
        on united.stage_id = former_stages.former_stage

)

{{ without_repeats(
    'named', key='opportunity_id', value='stage_id', at=['changed_at', 'history_id']
) }}
