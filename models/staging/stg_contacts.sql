with recursive

{{ accepted_inputs('contacts') }},

typed as (

    select
        source_system,
        cast(input_row_id as bigint) as input_row_id,
        {{ entity_id('contact_id') }} as contact_id,
        {{ entity_id('owner_id') }} as owner_id,
        lifecycle_stage,
        cast(lead_score as decimal(18, 4)) as lead_score,
        source,
        {{ entity_id('campaign_id') }} as campaign_id,
        country,
        {{ as_moment('created_at') }} as created_at,
        coalesce(cast(is_archived as boolean), false) as is_archived,
        {{ entity_id('merged_into_contact_id') }} as merged_into_contact_id

    from accepted

),

{{ resolved_merges('contact') }}

select * from resolved
