with {{ accepted_inputs('quotes', spelled={'currency': 'currency_rates'}) }},

final as (

    select
        source_system,
        cast(input_row_id as bigint) as input_row_id,
        {{ entity_id('quote_id') }} as quote_id,
        {{ entity_id('deal_id') }} as deal_id,
        quote_status,
        {{ as_number('quote_amount', 'decimal(18, 2)') }} as quote_amount,
        spelled_currency as currency,
        {{ as_moment('created_at') }} as created_at,
        {{ as_moment('sent_at') }} as sent_at,
        {{ as_last_day('expires_on') }} as expires_on

    from accepted

)

select * from final
