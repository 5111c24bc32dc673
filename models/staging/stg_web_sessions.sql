with {{ accepted_inputs(
    'web_sessions', blanked=['duration_seconds', 'page_views'], spelled={'source': 'channels'}
) }},

final as (

    select
        source_system,
        cast(input_row_id as bigint) as input_row_id,
        {{ entity_id('session_id') }} as session_id,
        {{ entity_id('visitor_id') }} as visitor_id,
        {{ entity_id('contact_id') }} as contact_id,
        {{ as_moment('started_at') }} as started_at,
        {{ unless_blanked('duration_seconds', as_number('duration_seconds', 'integer')) }}
            as duration_seconds,
        {{ unless_blanked('page_views', as_number('page_views', 'integer')) }} as page_views,
        spelled_source as source,
        {{ entity_id('campaign_id') }} as campaign_id,
        {{ as_page('landing_page') }} as landing_page,
        hostname,
        {{ as_choice('user_agent_type') }} as user_agent_type

    from accepted

)

select * from final
