{{ config(enabled=connector_is_active('pipedrive')) }}

with persons as (

    select * from {{ ref('base_pipedrive__persons') }}

),

asked as (

    select
        person_id,
        channel,
        channel_id,
        created_at,
        lead_id as record_id

    from {{ ref('base_pipedrive__leads') }}

    union all

    select
        person_id,
        channel,
        channel_id,
        created_at,
        deal_id as record_id

    from {{ ref('base_pipedrive__deals') }}

),

-- The first lead or deal that names a channel says where a person came from.
first_channels as (

    select *

    from asked

    where channel is not null

    qualify row_number() over (
        partition by person_id order by created_at asc, record_id asc
    ) = 1

),

last_entries as (

    select *

    from {{ ref('base_pipedrive__lifecycle_entries') }}

    qualify row_number() over (
        partition by person_id
        order by
            case lifecycle_stage when 'customer' then 1 when 'opportunity' then 2 else 3 end asc
    ) = 1

)

select
    persons.* exclude (source, campaign),
    coalesce(persons.source, first_channels.channel) as source,
    coalesce(
        persons.campaign, case when persons.source is null then first_channels.channel_id end
    ) as campaign,
    last_entries.lifecycle_stage

from persons

left join first_channels
    on persons.person_id = first_channels.person_id

left join last_entries
    on persons.person_id = last_entries.person_id
