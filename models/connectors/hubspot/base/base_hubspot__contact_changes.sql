{{ config(enabled=connector_is_active('hubspot'), materialized='table') }}

with changes as (

    {{ united_extracts({
        'contacts_property_history': {
            'contact_id': 'object_id',
            'property_name': 'property_name',
            'property_value': 'value',
            'changed_at': 'timestamp',
        },
        'contact_lifecycle_history': {
            'contact_id': 'Record ID',
            'property_name': "'lifecyclestage'",
            'property_value': 'Property value',
            'changed_at': 'Changed at',
        },
    }) }}

),

read as (

    select distinct
        {{ hubspot_id('contact_id') }} as contact_id,
        {{ hubspot_lifecycle_stage('property_value') }} as lifecycle_stage,
        {{ moment_of('changed_at') }} as changed_at

    from changes

    where property_name = 'lifecyclestage'

)

{{ without_repeats('read', key='contact_id', value='lifecycle_stage', at='changed_at') }}
