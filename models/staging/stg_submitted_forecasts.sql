with {{ accepted_inputs('submitted_forecasts', spelled={'currency': 'currency_rates'}) }},

final as (

    select
        source_system,
        cast(input_row_id as bigint) as input_row_id,
        {{ entity_id('owner_id') }} as owner_id,
        {{ as_day('submitted_on') }} as submitted_on,
        cast({{ dbt.date_trunc('month', as_day('forecast_month')) }} as date) as month_start,
        {{ as_number('forecast_amount', 'decimal(18, 2)') }} as forecast_amount,
        spelled_currency as currency,
        {{ as_choice('category') }} as category

    from accepted

)

select * from final
