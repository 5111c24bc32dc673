{{ config(enabled=connector_is_active('salesforce')) }}

with stages as (

    select * from {{ ref('base_salesforce__pipeline_stages') }}

),

record_types as (

    select * from {{ ref('base_salesforce__record_type') }}

)

select
    stages.pipeline_id,
    coalesce(
        record_types.record_type_name,
        case
            when stages.pipeline_id = 'opportunities' then 'Opportunities' else stages.pipeline_id
        end
    ) as pipeline_name,
    stages.stage_id,
    stages.stage_name,
    stages.stage_order,
    stages.win_probability,
    stages.is_closed,
    stages.is_won,
    case
        when 'false' in (stages.is_active, record_types.is_active) then 'true'
        else 'false'
    end as is_archived

from stages

left join record_types
    on stages.pipeline_id = record_types.id
