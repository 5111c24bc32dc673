{{ config(enabled=connector_is_active('pipedrive')) }}

select
    {{ pipedrive_deal_columns(is_whole=false) }}

from {{ extract('pipedrive', 'deals_archived') }}
