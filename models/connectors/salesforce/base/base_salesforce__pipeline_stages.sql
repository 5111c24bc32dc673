{{ config(enabled=connector_is_active('salesforce')) }}

with opportunities as (

    select
        *,
        coalesce(record_type_id, 'opportunities') as pipeline_id

    from {{ ref('base_salesforce__opportunity') }}

),

listed_stages as (

    select * from {{ ref('base_salesforce__opportunity_stage') }}

),

stage_changes as (

    select * from {{ ref('base_salesforce__stage_changes') }}

),

-- Without the list of stages they are those of the deals, in the order of the probability that
-- most of their deals have.
stages_of_deals as (

    select
        stage_id,
        stage_id as stage_name,
        cast(row_number() over (
            order by
                max(is_closed) asc,
                max(is_won) desc,
                mode(cast(win_probability as double)) asc,
                stage_id asc
        ) as varchar) as stage_order,
        cast(mode(cast(win_probability as double)) as varchar) as win_probability,
        max(is_closed) as is_closed,
        max(is_won) as is_won,
        cast(null as varchar) as is_active

    from opportunities

    where
        stage_id is not null
        and is_deleted is distinct from 'true'

    group by stage_id

),

stages as (

    select
        stage_id,
        stage_name,
        stage_order,
        win_probability,
        is_closed,
        is_won,
        is_active

    from listed_stages

    union all

    select * from stages_of_deals

    where (select count(*) from listed_stages) = 0

),

plain_pipelines as (

    select distinct pipeline_id from opportunities where pipeline_id = 'opportunities'

),

-- Which stages a sales process has is not exported: it has those that its deals were in.
seen as (

    select
        pipeline_id,
        stage_id

    from opportunities

    union

    select
        opportunities.pipeline_id,
        stage_changes.stage_id

    from stage_changes

    inner join opportunities
        on stage_changes.opportunity_id = opportunities.id

    union

    select
        pipelines.pipeline_id,
        stages.stage_id

    from stages

    cross join plain_pipelines as pipelines

),

final as (

    select
        seen.pipeline_id,
        stages.*

    from seen

    inner join stages
        on seen.stage_id = stages.stage_id

)

select * from final
