{{ config(enabled=connector_is_active('pipedrive'), materialized='table') }}

with fields as (

    {{ united_extracts({
        'custom_fields_mapping': {
            'entity': 'endpoint',
            'field_key': 'hash_string',
            'field_label': 'name',
            'column_name': 'normalized_name',
            'field_options': 'options',
        },
        'deal_fields': {
            'entity': "'deal'", 'field_key': 'key', 'field_label': 'name',
            'field_options': 'options',
        },
        'person_fields': {
            'entity': "'person'", 'field_key': 'key', 'field_label': 'name',
            'field_options': 'options',
        },
        'organization_fields': {
            'entity': "'organization'", 'field_key': 'key', 'field_label': 'name',
            'field_options': 'options',
        },
    }) }}

)

select *

from fields

where field_key is not null
