with {{ accepted_inputs('deal_property_history') }},

final as (

    select
        source_system,
        cast(input_row_id as bigint) as input_row_id,
        {{ entity_id('deal_id') }} as deal_id,
        {{ as_choice('property_name') }} as property_name,
        case
            when {{ as_choice('property_name') }} = 'amount'
                then {{ as_number('property_value', 'decimal(18, 2)') }}
        end as deal_amount,
        case
            when {{ as_choice('property_name') }} = 'close_date' then {{ as_day('property_value') }}
        end as close_date,
        case
            when {{ as_choice('property_name') }} = 'owner_id'
                then {{ entity_id(whole_id('property_value')) }}
        end as owner_id,
        {{ as_moment('changed_at') }} as changed_at

    from accepted

)

select * from final
