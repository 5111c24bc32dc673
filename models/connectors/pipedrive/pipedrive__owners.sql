{{ config(enabled=connector_is_active('pipedrive')) }}

select
    users.user_id as owner_id,
    coalesce(users.user_name, users.email) as owner_name,
    user_teams.team_name as team,
    users.created_at,
    coalesce(users.is_deleted, 'false') as is_archived

from {{ ref('base_pipedrive__users') }} as users

left join {{ ref('base_pipedrive__user_teams') }} as user_teams
    on users.user_id = user_teams.user_id
