{{ config(enabled=connector_is_active('pipedrive'), materialized='table') }}

{%- set names = {
    'stage_id': 'stage_id',
    'status': 'status',
    'value': 'amount',
    'expected_close_date': 'close_date',
    'user_id': 'owner_id',
    'owner_id': 'owner_id',
} %}

with changes as (

    {{ united_extracts({
        'deals_flow_deal_change': {
            'change_id': 'id',
            'deal_id': 'item_id',
            'field_key': 'field_key',
            'old_value': 'old_value',
            'new_value': 'new_value',
            'new_label': 'additional_data__new_value_formatted',
            'changed_at': 'log_time',
        },
    }) }}

),

named as (

    select
        *,
        {{ word('field_key', names, other="'other'") }} as property_name

    from changes

),

-- Loaders that append bring the same change with every load.
read as (

    select distinct
        try_cast({{ whole_id('change_id') }} as bigint) as change_number,
        {{ pipedrive_id('deal_id') }} as deal_id,
        property_name,
        {%- for value in ['old_value', 'new_value'] %}
        case property_name
            when 'amount' then {{ money(value) }}
            when 'close_date' then {{ day_of(value) }}
            when 'status' then lower({{ value }})
            else {{ pipedrive_id(value) }}
        end as {{ value }},
        {%- endfor %}
        new_label,
        {{ moment_of('changed_at') }} as changed_at

    from named

)

-- A deal that is deleted keeps the status that it had.
select *

from read

where
    property_name != 'status'
    or new_value in ('open', 'won', 'lost')
