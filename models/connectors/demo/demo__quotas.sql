{{ config(enabled=connector_is_active('demo')) }}

select
    owner_id,
    quarter_start,
    quota_amount,
    currency

from {{ extract('demo', 'quotas') }}
