with {{ accepted_inputs('deal_property_history') }},

final as (

    select
        source_system,
        cast(input_row_id as bigint) as input_row_id,
        {{ entity_id('deal_id') }} as deal_id,
        property_name,
        case when property_name = 'amount' then cast(property_value as decimal(18, 2)) end
            as deal_amount,
        case when property_name = 'close_date' then cast(property_value as date) end as close_date,
        {{ as_moment('changed_at') }} as changed_at

    from accepted

)

select * from final
