with balances as (

    select * from {{ ref('int_customer_balances_summed') }}

),

movements as (

    select * from {{ ref('int_mrr_movements_classified') }}

),

months as (

    select * from {{ ref('int_months') }}

),

customers as (

    select * from {{ ref('dim_customers') }}

),

churn_reasons as (

    select * from {{ ref('int_churn_reasons_chosen') }}

),

customers_with_balance as (

    select
        customer_id,
        industry,
        country,
        channel,
        campaign_name,
        owner_name,
        team,
        cohort_month

    from customers

    where cohort_month is not null

),

cohort_balances as (

    select
        customer_id,
        mrr_amount as cohort_mrr_amount,
        constant_mrr_amount as cohort_constant_mrr_amount

    from balances

    where month_start = cohort_month

),

currency_effects as (

    select
        customer_id,
        month_start,
        cast(sum(fx_amount) as decimal(28, 8)) as fx_amount

    from movements

    group by
        customer_id,
        month_start

),

-- From its first balance on, a customer has a row in every month, also after it left.
spine as (

    select
        customers_with_balance.customer_id,
        customers_with_balance.industry,
        customers_with_balance.country,
        customers_with_balance.channel,
        customers_with_balance.campaign_name,
        customers_with_balance.owner_name,
        customers_with_balance.team,
        customers_with_balance.cohort_month,
        months.month_start,
        months.balance_date

    from customers_with_balance

    inner join months
        on customers_with_balance.cohort_month <= months.month_start

),

joined as (

    select
        spine.customer_id,
        spine.month_start,
        spine.balance_date,
        spine.industry,
        spine.country,
        spine.channel,
        spine.campaign_name,
        spine.owner_name,
        spine.team,
        spine.cohort_month,
        cohort_balances.cohort_mrr_amount,
        cohort_balances.cohort_constant_mrr_amount,
        balances.plan as active_plan,
        balances.previous_active_month,
        coalesce(balances.seat_count, 0) as seat_count,
        coalesce(balances.list_mrr_amount, 0) as list_mrr_amount,
        coalesce(balances.mrr_amount, 0) as mrr_amount,
        coalesce(balances.constant_mrr_amount, 0) as constant_mrr_amount,
        coalesce(currency_effects.fx_amount, 0) as fx_amount,
        balances.customer_id is not null as is_active,
        max(balances.month_start) over (
            partition by spine.customer_id
            order by spine.month_start asc
            rows between unbounded preceding and current row
        ) as last_active_month

    from spine

    inner join cohort_balances
        on spine.customer_id = cohort_balances.customer_id

    left join balances
        on
            spine.customer_id = balances.customer_id
            and spine.month_start = balances.month_start

    left join currency_effects
        on
            spine.customer_id = currency_effects.customer_id
            and spine.month_start = currency_effects.month_start

),

-- Churned customers keep their last plan; why they left is said from the first month without a
-- balance on.
with_plan as (

    select
        joined.*,
        balances.plan,
        case when not joined.is_active then churn_reasons.churn_reason end as churn_reason

    from joined

    inner join balances
        on
            joined.customer_id = balances.customer_id
            and joined.last_active_month = balances.month_start

    left join churn_reasons
        on
            joined.customer_id = churn_reasons.customer_id
            and joined.last_active_month = churn_reasons.last_active_month

),

final as (

    select
        customer_id,
        month_start,
        balance_date,
        plan,
        industry,
        country,
        channel,
        campaign_name,
        owner_name,
        team,
        cohort_month,
        {{ dbt.datediff('cohort_month', 'month_start', 'month') }} as months_since_cohort,
        cohort_mrr_amount,
        cohort_constant_mrr_amount,
        lag(mrr_amount, 1, cast(0 as decimal(28, 8))) over (
            partition by customer_id order by month_start asc
        ) as start_mrr_amount,
        lag(constant_mrr_amount, 1, cast(0 as decimal(28, 8))) over (
            partition by customer_id order by month_start asc
        ) as start_constant_mrr_amount,
        mrr_amount,
        constant_mrr_amount,
        list_mrr_amount,
        fx_amount,
        seat_count,
        is_active,
        churn_reason,
        case
            when is_active and previous_active_month is not null
                then {{ dbt.datediff('previous_active_month', 'month_start', 'month') }} - 1
        end as gap_months,
        count(case when is_active then customer_id end) over (
            partition by customer_id
            order by month_start asc
            rows between unbounded preceding and current row
        ) as active_month_count,
        lag(plan) over (partition by customer_id order by month_start asc) as start_plan,
        lag(mrr_amount, 12, cast(0 as decimal(28, 8))) over (
            partition by customer_id order by month_start asc
        ) as mrr_12_months_ago_amount,
        lag(constant_mrr_amount, 12, cast(0 as decimal(28, 8))) over (
            partition by customer_id order by month_start asc
        ) as constant_mrr_12_months_ago_amount,
        lag(plan, 12) over (partition by customer_id order by month_start asc)
            as plan_12_months_ago,
        max(case when is_active then 1 else 0 end) over (
            partition by customer_id
            order by month_start asc
            rows between 12 preceding and current row
        ) = 1 as was_active_in_12_months

    from with_plan

)

select * from final
