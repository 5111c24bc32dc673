with {{ accepted_inputs('deal_contacts') }},

final as (

    select
        source_system,
        cast(input_row_id as bigint) as input_row_id,
        {{ entity_id('deal_id') }} as deal_id,
        {{ entity_id('contact_id') }} as contact_id,
        coalesce(cast(is_primary as boolean), false) as is_primary

    from accepted

)

select * from final
