with {{ accepted_inputs('quotas', spelled={'currency': 'currency_rates'}) }},

final as (

    select
        source_system,
        cast(input_row_id as bigint) as input_row_id,
        {{ entity_id('owner_id') }} as owner_id,
        {{ as_day('quarter_start') }} as quarter_start,
        {{ as_number('quota_amount', 'decimal(18, 2)') }} as quota_amount,
        spelled_currency as currency

    from accepted

)

select * from final
