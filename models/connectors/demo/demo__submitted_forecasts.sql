{{ config(enabled=connector_is_active('demo')) }}

select
    owner_id,
    submitted_on,
    forecast_month,
    forecast_amount,
    currency,
    category

from {{ extract('demo', 'submitted_forecasts') }}
