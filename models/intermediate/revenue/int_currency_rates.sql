with currency_rates as (

    select * from {{ ref('currency_rates') }}

),

reporting as (

    select euros_per_unit as reporting_euros_per_unit

    from currency_rates

    where currency = '{{ var("reporting_currency") }}'

),

final as (

    select
        currency_rates.currency,
        currency_rates.euros_per_unit,
        reporting.reporting_euros_per_unit,
        {{ divided_rates(
            'currency_rates.euros_per_unit', 'reporting.reporting_euros_per_unit'
        ) }} as conversion_rate

    from currency_rates

    cross join reporting

)

select * from final
