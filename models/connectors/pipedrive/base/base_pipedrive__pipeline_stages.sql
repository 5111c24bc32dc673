{{ config(enabled=connector_is_active('pipedrive')) }}

with pipelines as (

    select * from {{ ref('base_pipedrive__pipelines') }}

),

listed as (

    select * from {{ ref('base_pipedrive__stages') }}

),

deals as (

    select * from {{ ref('base_pipedrive__deals') }}

),

changes as (

    select * from {{ ref('base_pipedrive__deal_changes') }}

    where property_name = 'stage_id'

),

-- Stages that are in no list any more are known from the deals that went through them.
seen as (

    select
        changes.new_value as stage_id,
        changes.new_label as stage_name,
        deals.pipeline_id

    from changes

    inner join deals
        on changes.deal_id = deals.deal_id

    union all

    select
        changes.old_value as stage_id,
        cast(null as varchar) as stage_name,
        deals.pipeline_id

    from changes

    inner join deals
        on changes.deal_id = deals.deal_id

    union all

    select
        open_stage_id as stage_id,
        cast(null as varchar) as stage_name,
        pipeline_id

    from deals

),

vanished as (

    select
        stage_id,
        mode(pipeline_id) as pipeline_id,
        coalesce(max(stage_name), stage_id) as stage_name

    from seen

    where
        stage_id is not null
        and stage_id not in (
            select listed.stage_id from listed where listed.stage_id is not null
        )

    group by stage_id

),

last_orders as (

    select max(try_cast(stage_order as integer)) as stage_order from listed

),

stages as (

    select
        listed.pipeline_id,
        listed.stage_id,
        listed.stage_name,
        listed.stage_order,
        -- A probability of 100 is one that nobody set.
        case
            when
                try_cast(listed.win_probability as double) < 1
                and coalesce(pipelines.has_probabilities, 'true') != 'false'
                then listed.win_probability
        end as win_probability,
        'false' as is_closed,
        'false' as is_won,
        listed.is_deleted

    from listed

    left join pipelines
        on listed.pipeline_id = pipelines.pipeline_id

    union all

    select
        pipeline_id,
        stage_id,
        stage_name,
        cast(null as varchar) as stage_order,
        cast(null as varchar) as win_probability,
        'false' as is_closed,
        'false' as is_won,
        'true' as is_deleted

    from vanished

    {%- for stage_id, stage_name, is_won, win_probability in [
        ('won', 'Won', 'true', '1'), ('lost', 'Lost', 'false', '0'),
    ] %}

    union all

    select
        pipelines.pipeline_id,
        '{{ stage_id }}' as stage_id,
        '{{ stage_name }}' as stage_name,
        cast(last_orders.stage_order + {{ loop.index }} as varchar) as stage_order,
        '{{ win_probability }}' as win_probability,
        'true' as is_closed,
        '{{ is_won }}' as is_won,
        'false' as is_deleted

    from pipelines

    cross join last_orders
    {%- endfor %}

)

select
    stages.pipeline_id,
    coalesce(pipelines.pipeline_name, stages.pipeline_id) as pipeline_name,
    stages.stage_id,
    stages.stage_name,
    stages.stage_order,
    stages.win_probability,
    stages.is_closed,
    stages.is_won,
    case when 'true' in (stages.is_deleted, pipelines.is_deleted) then 'true' else 'false' end
        as is_archived

from stages

left join pipelines
    on stages.pipeline_id = pipelines.pipeline_id
