with {{ accepted_inputs('quotes') }},

final as (

    select
        source_system,
        cast(input_row_id as bigint) as input_row_id,
        {{ entity_id('quote_id') }} as quote_id,
        {{ entity_id('deal_id') }} as deal_id,
        quote_status,
        cast(quote_amount as decimal(18, 2)) as quote_amount,
        currency,
        {{ as_moment('created_at') }} as created_at,
        {{ as_moment('sent_at') }} as sent_at,
        cast(expires_on as date) as expires_on

    from accepted

)

select * from final
