{{ config(enabled=connector_is_active('demo')) }}

select
    spend_date as spent_on,
    campaign_id,
    channel_source as source,
    amount as spend_amount,
    currency

from {{ extract('demo', 'campaign_spend') }}
