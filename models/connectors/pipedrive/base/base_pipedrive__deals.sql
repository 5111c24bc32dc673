{{ config(enabled=connector_is_active('pipedrive'), materialized='table') }}

with versions as (

    select * from {{ ref('base_pipedrive__deals_listed') }}

    union all

    select * from {{ ref('base_pipedrive__deals_archived') }}

),

last_versions as (

    {{ latest_version('versions', key='deal_id', by=['updated_at', 'loaded_at']) }}

)

-- No stage says that a deal is won or lost: its status is a stage of its own here.
select
    *,
    case when status in ('won', 'lost') then status else open_stage_id end as stage_id,
    case
        when status in ('won', 'lost')
            then coalesce({{ day_of('closed_at') }}, expected_close_date)
        else expected_close_date
    end as close_date

from last_versions
