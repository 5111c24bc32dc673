{%- set source_of_rates = var('mrr_exchange_rates') -%}
with months as (

    select * from {{ ref('int_months') }}

),

currencies as (

    select * from {{ ref('int_currency_rates') }}

),

exchange_rates as (

    select * from {{ ref('stg_exchange_rates') }}
    {%- if source_of_rates == 'fixed' %} where false {%- endif %}

),

-- Rates against the euro, whichever way round they are quoted; the direct one is preferred.
quoted as (

    select
        from_currency as currency,
        rate_date,
        rate as euros_per_unit,
        source_system,
        1 as preference

    from exchange_rates

    where
        to_currency = 'EUR'
        and from_currency != 'EUR'

    union all

    select
        to_currency as currency,
        rate_date,
        {{ divided_rates('cast(1 as ' ~ rate_type() ~ ')', 'rate') }} as euros_per_unit,
        source_system,
        2 as preference

    from exchange_rates

    where
        from_currency = 'EUR'
        and to_currency != 'EUR'

),

ranked as (

    select
        currency,
        rate_date,
        euros_per_unit,
        row_number() over (
            partition by currency, rate_date
            order by preference asc, source_system asc
        ) as quote_rank

    from quoted

),

-- A rate holds until the next one; before the first one, the first one holds.
spans as (

    select
        currency,
        euros_per_unit,
        rate_date,
        row_number() over (partition by currency order by rate_date asc) as span_number,
        lead(rate_date) over (partition by currency order by rate_date asc) as next_rate_date

    from ranked

    where quote_rank = 1

),

market_rates as (

    select
        months.month_start,
        spans.currency,
        spans.euros_per_unit

    from months

    inner join spans
        on
            (months.balance_date >= spans.rate_date or spans.span_number = 1)
            and (spans.next_rate_date is null or months.balance_date < spans.next_rate_date)

),

in_euros as (

    select
        months.month_start,
        currencies.currency,
        coalesce(market_rates.euros_per_unit, currencies.euros_per_unit) as euros_per_unit

    from months

    cross join currencies

    left join market_rates
        on
            months.month_start = market_rates.month_start
            and currencies.currency = market_rates.currency

),

final as (

    select
        in_euros.month_start,
        in_euros.currency,
        {{ divided_rates('in_euros.euros_per_unit', 'reporting.euros_per_unit') }}
            as conversion_rate

    from in_euros

    inner join in_euros as reporting
        on
            in_euros.month_start = reporting.month_start
            and reporting.currency = '{{ var("reporting_currency") }}'

)

select * from final
