{{ config(enabled=connector_is_active('salesforce')) }}

with versions as (

    select
        {{ cell_text(field('Id')) }} as id,
        -- Fivetran's history mode keeps what each opportunity was, under the id of that.
        coalesce(
            {{ cell_text(field('OpportunityId')) }},
            case
                when {{ cell_text(field('_fivetran_start')) }} is not null
                    then {{ cell_text(field('Id')) }}
            end
        ) as opportunity_id,
        {{ cell_text(field('StageName')) }} as stage_id,
        {{ money(field('Amount')) }} as amount,
        {{ day_of(field('CloseDate')) }} as close_date,
        case
            when {{ cell_text(field('OpportunityId')) }} is not null
                then {{ moment_of(field('CreatedDate')) }}
            else coalesce(
                {{ moment_of(field('_fivetran_start')) }}, {{ moment_of(field('CreatedDate')) }}
            )
        end as changed_at,
        {{ flag(field('IsDeleted')) }} as is_deleted,
        {{ cell_text(field('_dlt_load_id')) }} as loaded_at

    from {{ extract('salesforce', 'OpportunityHistory') }}

)

{{ latest_version('versions', key=['id', 'changed_at'], by=['loaded_at']) }}
