with periods as (

    select * from {{ ref('int_subscription_periods_priced') }}

),

deals as (

    select * from {{ ref('stg_deals') }}

),

currency_rates as (

    select * from {{ ref('int_currency_rates') }}

),

reporting as (

    select * from {{ ref('int_reporting_date') }}

),

-- At the fixed rates, as deals and invoices are: the bridge must not move with the market.
prices as (

    select
        deals.surviving_deal_id as deal_id,
        periods.paid_from,
        periods.paid_to,
        12 * (
            {{ converted(
                'periods.mrr_in_currency', 'coalesce(currency_rates.conversion_rate, 1)'
            ) }}
        ) as yearly_amount

    from periods

    inner join deals
        on periods.deal_id = deals.deal_id

    left join currency_rates
        on periods.currency = currency_rates.currency

),

service_years as (

    select
        prices.deal_id,
        min(prices.paid_from) as service_start_date,
        cast({{ dbt.dateadd('month', 12, 'min(prices.paid_from)') }} as date)
            as next_year_start_date

    from prices

    group by prices.deal_id

),

-- The days of the first year on which a price holds, and those of them after the report.
in_days as (

    select
        prices.deal_id,
        prices.yearly_amount,
        service_years.service_start_date,
        service_years.next_year_start_date,
        prices.paid_from = service_years.service_start_date as is_first_price,
        {{ dbt.datediff(
            'service_years.service_start_date', 'service_years.next_year_start_date', 'day'
        ) }} as year_days,
        {{ dbt.datediff(
            'prices.paid_from',
            days_end('prices.paid_to', 'service_years.next_year_start_date'),
            'day'
        ) }} as priced_days,
        {{ dbt.datediff(
            'greatest(prices.paid_from, ' ~ day_after('reporting.reporting_date') ~ ')',
            days_end('prices.paid_to', 'service_years.next_year_start_date'),
            'day'
        ) }} as priced_days_to_come

    from prices

    inner join service_years
        on prices.deal_id = service_years.deal_id

    cross join reporting

),

final as (

    select
        deal_id,
        service_start_date,
        next_year_start_date,
        cast(sum(case when is_first_price then yearly_amount else 0 end) as decimal(18, 2))
            as subscribed_amount,
        cast(
            sum({{ divide('yearly_amount * greatest(priced_days, 0)', 'year_days') }})
            as decimal(18, 2)
        ) as served_amount,
        cast(
            sum({{ divide('yearly_amount * greatest(priced_days_to_come, 0)', 'year_days') }})
            as decimal(18, 2)
        ) as served_to_come_amount

    from in_days

    group by
        deal_id,
        service_start_date,
        next_year_start_date

)

select * from final
