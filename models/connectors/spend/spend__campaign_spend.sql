{{ config(enabled=connector_is_active('spend')) }}

select
    spent_on,
    campaign_id,
    source,
    spend_amount,
    currency

from {{ ref('base_spend__days') }}
