with customer_balances as (

    select * from {{ ref('int_customer_balances_summed') }}

),

line_balances as (

    select * from {{ ref('int_subscription_months_balanced') }}

),

followed as (

    select
        customer_id,
        month_start as last_active_month,
        lead(month_start) over (partition by customer_id order by month_start asc)
            as next_active_month

    from customer_balances

),

-- The last balance before each gap, and the one after which there is none.
departures as (

    select *

    from followed

    where
        next_active_month is null
        or next_active_month > cast({{ dbt.dateadd('month', 1, 'last_active_month') }} as date)

),

final as (

    select
        departures.customer_id,
        departures.last_active_month,
        departures.next_active_month,
        line_balances.line_id,
        line_balances.balance_date,
        sum(line_balances.mrr_amount) as mrr_amount

    from departures

    inner join line_balances
        on
            departures.customer_id = line_balances.customer_id
            and departures.last_active_month = line_balances.month_start

    group by
        departures.customer_id,
        departures.last_active_month,
        departures.next_active_month,
        line_balances.line_id,
        line_balances.balance_date

)

select * from final
