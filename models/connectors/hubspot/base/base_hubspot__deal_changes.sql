{{ config(enabled=connector_is_active('hubspot'), materialized='table') }}

with changes as (

    {{ united_extracts({
        'deals_property_history': {
            'deal_id': 'object_id',
            'property_name': 'property_name',
            'property_value': 'value',
            'changed_at': 'timestamp',
            'loaded_at': '_dlt_load_id',
        },
        'deal_stage': {
            'deal_id': 'deal_id',
            'property_name': "'dealstage'",
            'property_value': 'value',
            'changed_at': 'date_entered',
        },
        'deal_stage_history': {
            'deal_id': 'Record ID',
            'property_name': "'dealstage'",
            'property_value': 'Property value',
            'changed_at': 'Changed at',
        },
        'deal_amount_history': {
            'deal_id': 'Record ID',
            'property_name': "'amount'",
            'property_value': 'Property value',
            'changed_at': 'Changed at',
        },
        'deal_close_date_history': {
            'deal_id': 'Record ID',
            'property_name': "'closedate'",
            'property_value': 'Property value',
            'changed_at': 'Changed at',
        },
        'deal_owner_history': {
            'deal_id': 'Record ID',
            'property_name': "'hubspot_owner_id'",
            'property_value': 'Property value',
            'changed_at': 'Changed at',
        },
    }) }}

),

read as (

    select
        {{ hubspot_id('deal_id') }} as deal_id,
        property_name,
        case property_name
            when 'closedate' then {{ day_of(epoch_moment('property_value')) }}
            when 'amount' then {{ money('property_value') }}
            else property_value
        end as property_value,
        {{ moment_of('changed_at') }} as changed_at,
        count(*) over (partition by deal_id, property_name, loaded_at) as kept_count

    from changes

    where property_name in ('dealstage', 'amount', 'closedate', 'hubspot_owner_id')

),

-- Loaders that append bring the same change with every load.
once as (

    select
        deal_id,
        property_name,
        property_value,
        changed_at,
        max(kept_count) as kept_count

    from read

    group by
        deal_id,
        property_name,
        property_value,
        changed_at

)

{{ without_repeats(
    'once', key=['deal_id', 'property_name'], value='property_value', at='changed_at'
) }}
