{{ config(enabled=connector_is_active('demo')) }}

select
    rate_date,
    from_currency,
    to_currency,
    rate

from {{ extract('demo', 'exchange_rates') }}
