{{ config(enabled=connector_is_active('hubspot')) }}

with stages as (

    {{ united_extracts({
        'pipelines_deals__stages': {
            'pipeline_key': '_dlt_parent_id',
            'stage_id': 'id',
            'stage_name': 'label',
            'stage_order': 'display_order',
            'probability': 'metadata__probability',
            'is_closed': 'metadata__is_closed',
            'is_archived': 'archived',
        },
        'deal_pipeline_stage': {
            'pipeline_key': 'pipeline_id',
            'stage_id': 'stage_id',
            'stage_name': 'label',
            'stage_order': 'display_order',
            'probability': 'probability',
            'is_closed': 'is_closed',
            'is_won': 'closed_won',
            'is_active': 'active',
            'is_deleted': '_fivetran_deleted',
        },
    }) }}

),

pipelines as (

    {{ united_extracts({
        'pipelines_deals': {
            'pipeline_key': '_dlt_id',
            'pipeline_id': 'id',
            'pipeline_name': 'label',
            'is_archived': 'archived',
        },
        'deal_pipeline': {
            'pipeline_key': 'pipeline_id',
            'pipeline_id': 'pipeline_id',
            'pipeline_name': 'label',
            'is_active': 'active',
            'is_deleted': '_fivetran_deleted',
        },
    }) }}

),

joined as (

    select
        coalesce(pipelines.pipeline_id, stages.pipeline_key) as pipeline_id,
        pipelines.pipeline_name,
        stages.stage_id,
        stages.stage_name,
        stages.stage_order,
        stages.probability as win_probability,
        coalesce({{ flag('stages.is_closed') }}, 'false') as is_closed,
        {{ flag('stages.is_won') }} as is_won,
        -- Stages and pipelines that were deleted stay, for the history that leads through them.
        'true' in (
            {{ flag('stages.is_archived') }}, {{ flag('stages.is_deleted') }},
            {{ flag('pipelines.is_archived') }}, {{ flag('pipelines.is_deleted') }}
        )
        or 'false' in ({{ flag('stages.is_active') }}, {{ flag('pipelines.is_active') }})
            as is_archived

    from stages

    left join pipelines
        on stages.pipeline_key = pipelines.pipeline_key

)

select
    * exclude (is_won, is_archived),
    coalesce(
        is_won,
        case
            when is_closed = 'true' and try_cast(win_probability as double) = 1 then 'true'
            else 'false'
        end
    ) as is_won,
    case when is_archived then 'true' else 'false' end as is_archived

from joined
