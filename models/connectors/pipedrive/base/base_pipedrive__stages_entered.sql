{{ config(enabled=connector_is_active('pipedrive')) }}

with entered as (

    select
        deal_id,
        stage_id,
        changed_at

    from {{ ref('base_pipedrive__deal_states') }}

    where stage_id is not null

)

{{ without_repeats('entered', key='deal_id', value='stage_id', at='changed_at') }}
