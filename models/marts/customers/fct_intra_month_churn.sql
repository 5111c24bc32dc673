{{ config(pre_hook="{{ add_custom_cuts('companies') }}") }}

with periods as (

    select * from {{ ref('int_subscription_periods_priced') }}

),

months as (

    select * from {{ ref('int_months') }}

),

conversion_rates as (

    select * from {{ ref('int_conversion_rates_monthly') }}

),

balances as (

    select * from {{ ref('int_customer_balances_summed') }}

),

customers as (

    select * from {{ ref('dim_customers') }}

),

-- The days of the month on which a line of the customer ran.
running as (

    select
        months.month_start,
        months.balance_date,
        periods.customer_id,
        periods.plan,
        greatest(periods.paid_from, months.month_start) as paid_from,
        least(periods.paid_to, months.balance_date) as paid_to,
        cast(
            {{ converted('periods.mrr_in_currency', 'conversion_rates.conversion_rate') }}
            as decimal(28, 8)
        ) as mrr_amount

    from periods

    inner join months
        on
            periods.paid_from <= months.balance_date
            and (periods.paid_to is null or periods.paid_to >= months.month_start)

    inner join conversion_rates
        on
            months.month_start = conversion_rates.month_start
            and periods.currency = conversion_rates.currency

),

-- Only customers without a balance, both before the month and at its end.
without_balance as (

    select running.*

    from running

    left join balances as balances_at_end
        on
            running.customer_id = balances_at_end.customer_id
            and running.month_start = balances_at_end.month_start

    left join balances as balances_at_start
        on
            running.customer_id = balances_at_start.customer_id
            and running.month_start
            = cast({{ dbt.dateadd('month', 1, 'balances_at_start.month_start') }} as date)

    where
        balances_at_end.customer_id is null
        and balances_at_start.customer_id is null

),

-- The amount paid changes where a line ends or begins: the last day before that is examined.
candidate_days as (

    select
        customer_id,
        month_start,
        paid_to as candidate_date

    from without_balance

    union

    select
        customer_id,
        month_start,
        cast({{ dbt.dateadd('day', -1, 'paid_from') }} as date) as candidate_date

    from without_balance

),

lines_of_days as (

    select
        candidate_days.customer_id,
        candidate_days.month_start,
        candidate_days.candidate_date,
        without_balance.plan,
        without_balance.paid_from,
        without_balance.mrr_amount,
        min(case when without_balance.mrr_amount > 0 then without_balance.paid_from end) over (
            partition by candidate_days.customer_id, candidate_days.month_start
        ) as first_paid_date,
        sum(without_balance.mrr_amount) over (
            partition by
                candidate_days.customer_id,
                candidate_days.month_start,
                candidate_days.candidate_date
        ) as day_amount

    from candidate_days

    inner join without_balance
        on
            candidate_days.customer_id = without_balance.customer_id
            and candidate_days.month_start = without_balance.month_start
            and candidate_days.candidate_date >= without_balance.paid_from
            and candidate_days.candidate_date <= without_balance.paid_to

),

plans_of_days as (

    select
        customer_id,
        month_start,
        candidate_date,
        plan,
        day_amount,
        first_paid_date,
        sum(mrr_amount) as plan_amount

    from lines_of_days

    where day_amount > 0

    group by
        customer_id,
        month_start,
        candidate_date,
        plan,
        day_amount,
        first_paid_date

),

-- The last day with more than nothing, and the plan that brought most of it.
ranked as (

    select
        plans_of_days.*,
        row_number() over (
            partition by customer_id, month_start
            order by candidate_date desc, plan_amount desc, plan asc
        ) as plan_rank

    from plans_of_days

),

final as (

    select
        ranked.customer_id,
        ranked.month_start,
        ranked.plan,
        customers.industry,
        customers.country,
        customers.channel,
        customers.campaign_name,
        customers.owner_name,
        customers.team,
        ranked.first_paid_date,
        ranked.candidate_date as last_paid_date,
        cast(ranked.day_amount as decimal(28, 8)) as churned_mrr_amount
        {{- custom_cuts('companies', 'customers') }}

    from ranked

    left join customers
        on ranked.customer_id = customers.customer_id

    where ranked.plan_rank = 1

)

select * from final
