with balances as (

    select * from {{ ref('int_customer_balances_summed') }}

),

months as (

    select * from {{ ref('int_months') }}

),

movements as (

    select * from {{ ref('int_mrr_movements_classified') }}

),

churn_reasons as (

    select * from {{ ref('int_churn_reasons_chosen') }}

),

churn_causes as (

    select * from {{ ref('int_churn_causes_judged') }}

),

told as (

    select * from {{ ref('int_failed_payments_told') }}

),

cohort_balances as (

    select
        customer_id,
        cohort_month,
        mrr_amount as cohort_mrr_amount,
        constant_mrr_amount as cohort_constant_mrr_amount

    from balances

    where month_start = cohort_month

),

currency_effects as (

    select
        customer_id,
        month_start,
        sum(fx_amount) as fx_amount

    from movements

    group by
        customer_id,
        month_start

),

-- From its first balance on, a customer has a row in every month, also after it left.
filled as (

    select
        cohort_balances.customer_id,
        cohort_balances.cohort_month,
        cohort_balances.cohort_mrr_amount,
        cohort_balances.cohort_constant_mrr_amount,
        months.month_start,
        months.balance_date,
        balances.previous_active_month,
        balances.customer_id is not null as is_active,
        coalesce(balances.seat_count, 0) as seat_count,
        coalesce(balances.list_mrr_amount, 0) as list_mrr_amount,
        coalesce(balances.mrr_amount, 0) as mrr_amount,
        coalesce(balances.constant_mrr_amount, 0) as constant_mrr_amount,
        max(balances.month_start) over (
            partition by cohort_balances.customer_id
            order by months.month_start asc
            rows between unbounded preceding and current row
        ) as last_active_month

    from cohort_balances

    inner join months
        on cohort_balances.cohort_month <= months.month_start

    left join balances
        on
            cohort_balances.customer_id = balances.customer_id
            and months.month_start = balances.month_start

),

-- Churned customers keep their last plan; why they left is said from the first month without a
-- balance on.
final as (

    select
        filled.customer_id,
        filled.month_start,
        filled.balance_date,
        filled.cohort_month,
        filled.cohort_mrr_amount,
        filled.cohort_constant_mrr_amount,
        last_balances.plan,
        filled.mrr_amount,
        filled.constant_mrr_amount,
        filled.list_mrr_amount,
        cast(coalesce(currency_effects.fx_amount, 0) as decimal(28, 8)) as fx_amount,
        filled.seat_count,
        filled.is_active,
        filled.previous_active_month,
        case when not filled.is_active then churn_reasons.churn_reason end as churn_reason,
        case
            when told.are_failed_payments_told
                then not filled.is_active and coalesce(churn_causes.is_involuntary, false)
        end as is_churn_involuntary

    from filled

    cross join told

    inner join balances as last_balances
        on
            filled.customer_id = last_balances.customer_id
            and filled.last_active_month = last_balances.month_start

    left join currency_effects
        on
            filled.customer_id = currency_effects.customer_id
            and filled.month_start = currency_effects.month_start

    left join churn_reasons
        on
            filled.customer_id = churn_reasons.customer_id
            and filled.last_active_month = churn_reasons.last_active_month

    left join churn_causes
        on
            filled.customer_id = churn_causes.customer_id
            and filled.last_active_month = churn_causes.last_active_month

)

select * from final
