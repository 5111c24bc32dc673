with recursive

{{ accepted_inputs(
    'contacts', blanked=['lifecycle_stage', 'lead_score', 'is_archived'],
    spelled={'lifecycle_stage': 'lifecycle_stages', 'source': 'channels'}
) }},

typed as (

    select
        source_system,
        cast(input_row_id as bigint) as input_row_id,
        {{ entity_id('contact_id') }} as contact_id,
        {{ entity_id('owner_id') }} as owner_id,
        {{ unless_blanked('lifecycle_stage', 'spelled_lifecycle_stage') }} as lifecycle_stage,
        {{ unless_blanked('lead_score', as_number('lead_score', 'decimal(18, 4)')) }} as lead_score,
        spelled_source as source,
        {{ entity_id('campaign_id') }} as campaign_id,
        country,
        {{ as_moment('created_at') }} as created_at,
        coalesce({{ unless_blanked('is_archived', as_boolean('is_archived')) }}, false)
            as is_archived,
        {{ entity_id('merged_into_contact_id') }} as merged_into_contact_id,
        record_url
        {{- custom_cells('contacts') }}

    from accepted

),

{{ resolved_merges('contact') }}

select * from resolved
