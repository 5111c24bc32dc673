{{ config(enabled=connector_is_active('hubspot')) }}

with memberships as (

    {{ united_extracts({
        'owners__teams': {
            'owner_key': '_dlt_parent_id',
            'team_name': 'name',
            'is_primary': 'primary',
            'list_order': '_dlt_list_idx',
        },
        'owner_team': {
            'owner_id': 'owner_id',
            'team_id': 'team_id',
            'is_primary': 'is_team_primary',
            'is_deleted': '_fivetran_deleted',
        },
    }) }}

),

teams as (

    {{ united_extracts({'team': {'team_id': 'id', 'team_name': 'name'}}) }}

),

owners as (

    select * from {{ ref('base_hubspot__owners') }}

),

named as (

    select
        coalesce({{ hubspot_id('memberships.owner_id') }}, owners.owner_id) as owner_id,
        coalesce(memberships.team_name, teams.team_name) as team_name,
        coalesce({{ flag('memberships.is_primary') }}, 'false') as is_primary,
        cast(memberships.list_order as integer) as list_order

    from memberships

    left join owners
        on memberships.owner_key = owners.row_key

    left join teams
        on memberships.team_id = teams.team_id

    where coalesce({{ flag('memberships.is_deleted') }}, 'false') = 'false'

)

-- The main team, else the first.
select
    owner_id,
    team_name

from named

qualify row_number() over (
    partition by owner_id
    order by is_primary desc, list_order asc nulls last, team_name asc
) = 1
