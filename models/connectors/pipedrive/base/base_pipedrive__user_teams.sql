{{ config(enabled=connector_is_active('pipedrive')) }}

with members as (

    {{ united_extracts({
        'teams__users': {'user_id': 'value', 'team_key': '_dlt_parent_id'},
    }) }}

),

teams as (

    {{ united_extracts({
        'teams': {
            'team_id': 'id',
            'team_name': 'name',
            'is_active': 'active_flag',
            'team_key': '_dlt_id',
        },
    }) }}

)

-- The first of several teams by its number.
select
    {{ pipedrive_id('members.user_id') }} as user_id,
    teams.team_name

from members

inner join teams
    on members.team_key = teams.team_key

where {{ flag('teams.is_active') }} is distinct from 'false'

qualify row_number() over (
    partition by members.user_id order by try_cast(teams.team_id as bigint) asc nulls last
) = 1
