{{ config(pre_hook="{{ add_custom_cuts('companies') }}") }}

with balances as (

    select * from {{ ref('int_customer_balances_filled') }}

),

customers as (

    select * from {{ ref('dim_customers') }}

),

joined as (

    select
        balances.*,
        customers.industry,
        customers.country,
        customers.channel,
        customers.campaign_name,
        customers.owner_name,
        customers.team
        {{- custom_cuts('companies', 'customers') }}

    from balances

    inner join customers
        on balances.customer_id = customers.customer_id

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
        is_churn_involuntary,
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
        {{- custom_cuts('companies', 'joined') }}

    from joined

)

select * from final
