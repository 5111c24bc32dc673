{{ config(enabled=connector_is_active('salesforce')) }}

with versions as (

    select
        {{ cell_text(field('Id')) }} as id,
        coalesce(
            {{ cell_text(field('ApiName')) }}, {{ cell_text(field('MasterLabel')) }}
        ) as stage_id,
        {{ cell_text(field('MasterLabel')) }} as stage_name,
        {{ money(field('SortOrder')) }} as stage_order,
        {{ share_of_percent(field('DefaultProbability')) }} as win_probability,
        {{ flag(field('IsClosed')) }} as is_closed,
        {{ flag(field('IsWon')) }} as is_won,
        {{ flag(field('IsActive')) }} as is_active,
        {{ moment_of(field('SystemModstamp')) }} as changed_at,
        {{ cell_text(field('_dlt_load_id')) }} as loaded_at

    from {{ extract('salesforce', 'OpportunityStage') }}

)

{{ latest_version('versions', key='id', by=['changed_at', 'loaded_at']) }}
