with balances as (

    select * from {{ ref('int_subscription_months_balanced') }}

),

months as (

    select * from {{ ref('int_months') }}

),

conversion_rates as (

    select * from {{ ref('int_conversion_rates_monthly') }}

),

ends as (

    select
        customer_id,
        plan,
        currency,
        month_start,
        sum(mrr_in_currency) as end_in_currency,
        sum(mrr_amount) as end_amount

    from balances

    group by
        customer_id,
        plan,
        currency,
        month_start

),

-- The end of a month is the start of the next: a leaver has a row there too.
sides as (

    select
        customer_id,
        plan,
        currency,
        month_start,
        0 as start_in_currency,
        0 as start_amount,
        end_in_currency,
        end_amount

    from ends

    union all

    select
        customer_id,
        plan,
        currency,
        cast({{ dbt.dateadd('month', 1, 'month_start') }} as date) as month_start,
        end_in_currency as start_in_currency,
        end_amount as start_amount,
        0 as end_in_currency,
        0 as end_amount

    from ends

),

components as (

    select
        sides.customer_id,
        sides.plan,
        sides.currency,
        sides.month_start,
        sum(sides.start_in_currency) as start_in_currency,
        sum(sides.start_amount) as start_amount,
        sum(sides.end_in_currency) as end_in_currency,
        sum(sides.end_amount) as end_amount

    from sides

    inner join months
        on sides.month_start = months.month_start

    group by
        sides.customer_id,
        sides.plan,
        sides.currency,
        sides.month_start

),

-- The part that stayed is judged per customer and currency, over its plans: a swap of plans is no
-- effect of the rate. New amounts take the rate of the end, lost ones that of the start, and the
-- rate's change counts on the part that stayed.
judged as (

    select
        components.*,
        sum(start_in_currency) over (partition by customer_id, currency, month_start)
            as currency_start,
        sum(end_in_currency) over (partition by customer_id, currency, month_start)
            as currency_end,
        sum(start_amount) over (partition by customer_id, month_start) as customer_start_amount,
        sum(end_amount) over (partition by customer_id, month_start) as customer_end_amount

    from components

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
                    then
                        {{ converted(
                            'cast(judged.end_in_currency - judged.start_in_currency'
                                ~ ' as decimal(28, 8))',
                            'end_rates.conversion_rate'
                        ) }}
                else
                    {{ converted(
                        'cast(judged.end_in_currency - judged.start_in_currency'
                            ~ ' as decimal(28, 8))',
                        'start_rates.conversion_rate'
                    ) }}
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

firsts as (

    select
        customer_id,
        min(month_start) as cohort_month

    from ends

    group by customer_id

),

totals as (

    select
        valued.*,
        sum(valued.change_amount) over (partition by valued.customer_id, valued.month_start)
            as customer_change_amount,
        firsts.cohort_month

    from valued

    inner join firsts
        on valued.customer_id = firsts.customer_id

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
        cast(start_amount as decimal(28, 8)) as start_amount,
        change_amount,
        cast(end_amount - start_amount - change_amount as decimal(28, 8)) as fx_amount,
        cast(end_amount as decimal(28, 8)) as end_amount

    from totals

)

select * from final
