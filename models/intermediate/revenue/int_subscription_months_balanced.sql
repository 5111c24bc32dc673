with periods as (

    select * from {{ ref('int_subscription_periods_priced') }}

),

months as (

    select * from {{ ref('int_months') }}

),

conversion_rates as (

    select * from {{ ref('int_conversion_rates_monthly') }}

),

fixed_rates as (

    select * from {{ ref('int_currency_rates') }}

),

balances as (

    select
        months.month_start,
        months.balance_date,
        periods.source_system,
        periods.subscription_id,
        periods.line_id,
        periods.customer_id,
        periods.deal_id,
        periods.plan_id,
        periods.plan,
        periods.is_add_on,
        periods.currency,
        periods.quantity,
        -- An add-on, what is given away and an adjustment bring no seat that is paid for.
        case
            when periods.is_add_on or periods.mrr_in_currency <= 0 then 0
            else periods.quantity
        end as seat_count,
        periods.mrr_in_currency,
        periods.list_mrr_in_currency,
        conversion_rates.conversion_rate,
        cast(
            {{ converted('periods.mrr_in_currency', 'conversion_rates.conversion_rate') }}
            as decimal(28, 8)
        ) as mrr_amount,
        cast(
            {{ converted('periods.list_mrr_in_currency', 'conversion_rates.conversion_rate') }}
            as decimal(28, 8)
        ) as list_mrr_amount,
        cast(
            {{ converted('periods.mrr_in_currency', 'fixed_rates.conversion_rate') }}
            as decimal(28, 8)
        ) as constant_mrr_amount

    from months

    inner join periods
        on
            months.balance_date >= periods.paid_from
            and (periods.paid_to is null or months.balance_date <= periods.paid_to)

    inner join conversion_rates
        on
            months.month_start = conversion_rates.month_start
            and periods.currency = conversion_rates.currency

    inner join fixed_rates
        on periods.currency = fixed_rates.currency

),

customer_totals as (

    select
        customer_id,
        month_start

    from balances

    group by
        customer_id,
        month_start

    having sum(mrr_amount) > 0

),

-- A customer whose adjustments take all that it pays has no recurring revenue in that month.
final as (

    select balances.*

    from balances

    inner join customer_totals
        on
            balances.customer_id = customer_totals.customer_id
            and balances.month_start = customer_totals.month_start

)

select * from final
