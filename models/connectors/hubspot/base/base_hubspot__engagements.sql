{{ config(enabled=connector_is_active('hubspot')) }}

{%- set columns = {
    'engagement_id': 'engagement_id',
    'owner_id': 'hubspot_owner_id',
    'occurred_at': 'hs_timestamp',
    'is_deleted': '_fivetran_deleted',
} %}

with engagements as (

    {{ united_extracts({
        'engagement_call': dict(columns, kind="'call'"),
        'engagement_email': dict(columns, kind="'email'"),
        'engagement_meeting': dict(columns, kind="'meeting'"),
        'engagement_note': dict(columns, kind="'note'"),
    }) }}

),

contacts as (

    {{ united_extracts({
        'engagement_contact': {'engagement_id': 'engagement_id', 'contact_id': 'contact_id'},
    }) }}

),

deals as (

    {{ united_extracts({
        'engagement_deal': {'engagement_id': 'engagement_id', 'deal_id': 'deal_id'},
    }) }}

),

-- One row per activity: of several people in a meeting the first one in the CRM.
first_contacts as (

    select
        engagement_id,
        min_by(contact_id, try_cast(contact_id as bigint)) as contact_id

    from contacts

    group by engagement_id

),

first_deals as (

    select
        engagement_id,
        min_by(deal_id, try_cast(deal_id as bigint)) as deal_id

    from deals

    group by engagement_id

)

select
    engagements.engagement_id,
    engagements.kind,
    first_contacts.contact_id,
    first_deals.deal_id,
    engagements.owner_id,
    {{ moment_of('engagements.occurred_at') }} as occurred_at

from engagements

left join first_contacts
    on engagements.engagement_id = first_contacts.engagement_id

left join first_deals
    on engagements.engagement_id = first_deals.engagement_id

where
    coalesce({{ flag('engagements.is_deleted') }}, 'false') = 'false'
    -- A task or a note without a moment took no place yet.
    and engagements.occurred_at is not null
