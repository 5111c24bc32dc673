with {{ accepted_inputs('activities', blanked=['is_automated']) }},

final as (

    select
        source_system,
        cast(input_row_id as bigint) as input_row_id,
        {{ entity_id('activity_id') }} as activity_id,
        activity_type,
        {{ entity_id('contact_id') }} as contact_id,
        {{ entity_id('deal_id') }} as deal_id,
        {{ entity_id('owner_id') }} as owner_id,
        coalesce({{ unless_blanked('is_automated', as_boolean('is_automated')) }}, false)
            as is_automated,
        {{ as_moment('occurred_at') }} as occurred_at

    from accepted

)

select * from final
