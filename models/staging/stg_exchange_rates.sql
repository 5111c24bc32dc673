with {{ accepted_inputs('exchange_rates') }},

final as (

    select
        source_system,
        cast(input_row_id as bigint) as input_row_id,
        cast(rate_date as date) as rate_date,
        from_currency,
        to_currency,
        cast(rate as {{ rate_type() }}) as rate

    from accepted

)

select * from final
