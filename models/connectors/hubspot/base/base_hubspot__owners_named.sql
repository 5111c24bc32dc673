{{ config(enabled=connector_is_active('hubspot')) }}

with owners as (

    select * from {{ ref('base_hubspot__owners') }}

),

-- Exports name the owner and have no table of owners.
named as (

    select
        owner_id,
        team_name,
        created_at

    from {{ ref('base_hubspot__deals') }}

    union all

    select
        owner_id,
        null as team_name,
        created_at

    from {{ ref('base_hubspot__contacts') }}

    union all

    select
        owner_id,
        null as team_name,
        created_at

    from {{ ref('base_hubspot__companies') }}

    union all

    select
        property_value as owner_id,
        null as team_name,
        changed_at as created_at

    from {{ ref('base_hubspot__deal_changes') }}

    where property_name = 'hubspot_owner_id'

)

select
    owners.owner_id,
    coalesce(nullif(concat_ws(' ', owners.first_name, owners.last_name), ''), owners.email)
        as owner_name,
    teams.team_name,
    owners.created_at,
    case
        when 'true' in (owners.is_archived, owners.is_deleted) then 'true'
        -- Fivetran has the user behind an owner, who is gone for those who left.
        when owners.is_archived is null and owners.active_user_id is null then 'true'
        else 'false'
    end as is_archived

from owners

left join {{ ref('base_hubspot__owner_teams') }} as teams
    on owners.owner_id = teams.owner_id

union all

select
    owner_id,
    owner_id as owner_name,
    max_by(team_name, created_at) filter (where team_name is not null) as team_name,
    null as created_at,
    'false' as is_archived

from named

where
    owner_id is not null
    and not exists (select 1 from owners)

group by owner_id
