{{ config(enabled=connector_is_active('pipedrive')) }}

select
    {{ pipedrive_deal_columns() }}

from {{ extract('pipedrive', 'deals') }}
