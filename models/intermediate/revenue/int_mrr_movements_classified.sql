with compared as (

    select * from {{ ref('int_mrr_months_compared') }}

),

conversion_rates as (

    select * from {{ ref('int_conversion_rates_monthly') }}

),

-- The part that stayed is judged per customer and currency, over its plans: a swap of plans is no
-- effect of the rate. New amounts take the rate of the end, lost ones that of the start, and the
-- rate's change counts on the part that stayed.
judged as (

    select
        *,
        cast(end_in_currency - start_in_currency as decimal(28, 8)) as change_in_currency,
        sum(start_in_currency) over (partition by customer_id, currency, month_start)
            as currency_start,
        sum(end_in_currency) over (partition by customer_id, currency, month_start)
            as currency_end,
        sum(start_amount) over (partition by customer_id, month_start) as customer_start_amount,
        sum(end_amount) over (partition by customer_id, month_start) as customer_end_amount

    from compared

),

valued as (

    select
        judged.*,
        cast(
            case
                when
                    judged.currency_start = 0
                    or judged.currency_end = 0
                    or (judged.currency_start > 0) != (judged.currency_end > 0)
                    or start_rates.conversion_rate = end_rates.conversion_rate
                    then judged.end_amount - judged.start_amount
                when abs(judged.currency_end) >= abs(judged.currency_start)
                    then {{ converted('judged.change_in_currency', 'end_rates.conversion_rate') }}
                else {{ converted('judged.change_in_currency', 'start_rates.conversion_rate') }}
            end as decimal(28, 8)
        ) as change_amount

    from judged

    inner join conversion_rates as end_rates
        on
            judged.month_start = end_rates.month_start
            and judged.currency = end_rates.currency

    left join conversion_rates as start_rates
        on
            judged.month_start
            = cast({{ dbt.dateadd('month', 1, 'start_rates.month_start') }} as date)
            and judged.currency = start_rates.currency

),

totals as (

    select
        *,
        sum(change_amount) over (partition by customer_id, month_start) as customer_change_amount

    from valued

),

final as (

    select
        customer_id,
        month_start,
        plan,
        currency,
        cohort_month,
        case
            when customer_start_amount = 0 and month_start = cohort_month then 'new'
            when customer_start_amount = 0 then 'reactivation'
            when customer_end_amount = 0 then 'churn'
            when customer_change_amount >= 0 then 'expansion'
            else 'contraction'
        end as movement,
        start_amount,
        change_amount,
        cast(end_amount - start_amount - change_amount as decimal(28, 8)) as fx_amount,
        end_amount

    from totals

)

select * from final
