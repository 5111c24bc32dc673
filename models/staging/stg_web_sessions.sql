with {{ accepted_inputs('web_sessions') }},

final as (

    select
        source_system,
        cast(input_row_id as bigint) as input_row_id,
        {{ entity_id('session_id') }} as session_id,
        {{ entity_id('visitor_id') }} as visitor_id,
        {{ entity_id('contact_id') }} as contact_id,
        {{ as_moment('started_at') }} as started_at,
        cast(round(cast(duration_seconds as decimal(18, 4))) as integer) as duration_seconds,
        cast(round(cast(page_views as decimal(18, 4))) as integer) as page_views,
        source,
        {{ entity_id('campaign_id') }} as campaign_id,
        hostname,
        user_agent_type

    from accepted

)

select * from final
