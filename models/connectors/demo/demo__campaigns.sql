{{ config(enabled=connector_is_active('demo')) }}

select
    campaign_id,
    campaign_name,
    channel_source as source,
    start_date,
    end_date,
    budget_amount,
    currency

from {{ extract('demo', 'campaigns') }}
