{{ config(enabled=connector_is_active('hubspot')) }}

with lists as (

    select
        'company' as record,
        company_id as survivor_id,
        merged_ids

    from {{ ref('base_hubspot__companies') }}

    union all

    select
        'contact' as record,
        contact_id as survivor_id,
        merged_ids

    from {{ ref('base_hubspot__contacts') }}

    union all

    select
        'deal' as record,
        deal_id as survivor_id,
        merged_ids

    from {{ ref('base_hubspot__deals') }}

),

merged as (

    {{ united_extracts({
        'merged_deal': {
            'record': "'deal'", 'survivor_id': 'deal_id', 'loser_id': 'merged_deal_id',
        },
        'contact_merge_audit': {
            'record': "'contact'", 'survivor_id': 'contact_id', 'loser_id': 'vid_to_merge',
        },
    }) }}

    union all

    select
        record,
        survivor_id,
        {{ hubspot_id("unnest(string_split(merged_ids, ';'))") }} as loser_id

    from lists

    where merged_ids is not null

)

-- Survivors list what came into them step by step: the last one is no loser itself.
select
    merged.record,
    merged.loser_id,
    merged.survivor_id

from merged

left join merged as later
    on
        merged.record = later.record
        and merged.survivor_id = later.loser_id

where merged.loser_id != merged.survivor_id

qualify row_number() over (
    partition by merged.record, merged.loser_id
    order by later.loser_id is null desc, merged.survivor_id
) = 1
