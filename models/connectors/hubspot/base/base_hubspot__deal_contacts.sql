{{ config(enabled=connector_is_active('hubspot')) }}

with linked as (

    {{ united_extracts({
        'contacts__deals': {'deal_id': 'deals_id', 'contact_id': 'value'},
        'deal_contact': {
            'deal_id': 'deal_id', 'contact_id': 'contact_id', 'is_deleted': '_fivetran_deleted',
        },
    }) }}

),

-- Each label of a link is a row of its own.
links as (

    select
        {{ hubspot_id('deal_id') }} as deal_id,
        {{ hubspot_id('contact_id') }} as contact_id

    from linked

    where coalesce({{ flag('is_deleted') }}, 'false') = 'false'

    union

    select
        deal_id,
        trim(unnest(string_split(contact_ids, ';'))) as contact_id

    from {{ ref('base_hubspot__deals') }}

)

select *

from links

where contact_id is not null
