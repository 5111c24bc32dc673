with {{ accepted_inputs('contact_companies', blanked=['is_primary']) }},

final as (

    select
        source_system,
        cast(input_row_id as bigint) as input_row_id,
        {{ entity_id('contact_id') }} as contact_id,
        {{ entity_id('company_id') }} as company_id,
        coalesce({{ unless_blanked('is_primary', as_boolean('is_primary')) }}, false) as is_primary

    from accepted

)

select * from final
