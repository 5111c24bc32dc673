{{ config(enabled=connector_is_active('salesforce')) }}

with users as (

    select * from {{ ref('base_salesforce__user') }}

    where not is_process

),

user_roles as (

    select * from {{ ref('base_salesforce__user_role') }}

)

select
    users.id as owner_id,
    users.user_name as owner_name,
    user_roles.role_name as team,
    users.title as role,
    users.created_at,
    case users.is_active when 'true' then 'false' when 'false' then 'true' end as is_archived

from users

left join user_roles
    on users.user_role_id = user_roles.id
