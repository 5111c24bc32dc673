with {{ accepted_inputs(
    'exchange_rates', spelled={'from_currency': 'currency_rates', 'to_currency': 'currency_rates'}
) }},

final as (

    select
        source_system,
        cast(input_row_id as bigint) as input_row_id,
        {{ as_day('rate_date') }} as rate_date,
        spelled_from_currency as from_currency,
        spelled_to_currency as to_currency,
        {{ as_number('rate', rate_type()) }} as rate

    from accepted

)

select * from final
