with {{ accepted_inputs('trade_show_visits') }},

final as (

    select
        source_system,
        cast(input_row_id as bigint) as input_row_id,
        {{ entity_id('visit_id') }} as visit_id,
        {{ entity_id('campaign_id') }} as campaign_id,
        {{ as_moment('visited_at') }} as visited_at,
        {{ entity_id('badge_id') }} as badge_id,
        {{ entity_id('contact_id') }} as contact_id,
        {{ entity_id('owner_id') }} as owner_id

    from accepted

)

select * from final
