{{ config(enabled=connector_is_active('maven')) }}

select
    sales_agent as owner_id,
    sales_agent as owner_name,
    manager as team,
    'account_executive' as role,
    'false' as is_archived

from {{ extract('maven', 'sales_teams') }}
