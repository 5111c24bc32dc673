{{ config(enabled=connector_is_active('hubspot')) }}

select
    contacts.*,
    merged.survivor_id as merged_into_contact_id,
    case
        when merged.survivor_id is not null then 'true'
        else coalesce(contacts.is_deleted, 'false')
    end as is_archived

from {{ ref('base_hubspot__contacts') }} as contacts

left join {{ ref('base_hubspot__merges') }} as merged
    on
        contacts.contact_id = merged.loser_id
        and merged.record = 'contact'
