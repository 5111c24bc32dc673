{{ config(pre_hook="{{ add_custom_cuts('companies') }}") }}

with mrr_months as (

    select * from {{ ref('fct_mrr_months') }}

),

period_months as (

    select * from {{ ref('dim_period_months') }}

),

first_balance as (

    select min(month_start) as first_balance_month from mrr_months

),

by_period as (

    select
        period_months.period_grain,
        period_months.period_start,
        mrr_months.customer_id,
        max(mrr_months.industry) as industry,
        max(mrr_months.country) as country,
        max(mrr_months.channel) as channel,
        max(mrr_months.campaign_name) as campaign_name,
        max(mrr_months.owner_name) as owner_name,
        max(mrr_months.team) as team,
        max(case when period_months.is_first_month then mrr_months.start_plan end) as start_plan,
        max(case when period_months.is_last_month then mrr_months.plan end) as plan,
        max(case when period_months.is_last_month then mrr_months.plan_12_months_ago end)
            as plan_12_months_ago,
        max(case when period_months.is_last_month then mrr_months.churn_reason end)
            as churn_reason,
        max(
            case
                when period_months.is_last_month and mrr_months.is_churn_involuntary then 1
                when period_months.is_last_month and not mrr_months.is_churn_involuntary then 0
            end
        ) = 1 as is_churn_involuntary,
        sum(case when period_months.is_first_month then mrr_months.start_mrr_amount else 0 end)
            as start_mrr_amount,
        sum(case when period_months.is_last_month then mrr_months.mrr_amount else 0 end)
            as end_mrr_amount,
        sum(
            case
                when period_months.is_last_month then mrr_months.mrr_12_months_ago_amount
                else 0
            end
        ) as mrr_12_months_ago_amount,
        sum(
            case
                when period_months.is_first_month then mrr_months.start_constant_mrr_amount
                else 0
            end
        ) as start_constant_mrr_amount,
        sum(case when period_months.is_last_month then mrr_months.constant_mrr_amount else 0 end)
            as end_constant_mrr_amount,
        sum(
            case
                when period_months.is_last_month then mrr_months.constant_mrr_12_months_ago_amount
                else 0
            end
        ) as constant_mrr_12_months_ago_amount,
        max(case when mrr_months.is_active then 1 else 0 end) as active_order,
        max(
            case
                when period_months.is_last_month and mrr_months.was_active_in_12_months then 1
                else 0
            end
        ) as active_in_12_months_order,
        max(mrr_months.month_start) as last_month
        {{- custom_cuts('companies', 'mrr_months', 'max') }}

    from mrr_months

    inner join period_months
        on mrr_months.month_start = period_months.month_start

    group by
        period_months.period_grain,
        period_months.period_start,
        mrr_months.customer_id

),

final as (

    select
        by_period.period_grain,
        by_period.period_start,
        by_period.customer_id,
        by_period.plan,
        by_period.start_plan,
        by_period.plan_12_months_ago,
        by_period.industry,
        by_period.country,
        by_period.channel,
        by_period.campaign_name,
        by_period.owner_name,
        by_period.team,
        cast(by_period.start_mrr_amount as decimal(28, 8)) as start_mrr_amount,
        cast(by_period.end_mrr_amount as decimal(28, 8)) as end_mrr_amount,
        cast(by_period.mrr_12_months_ago_amount as decimal(28, 8)) as mrr_12_months_ago_amount,
        cast(by_period.start_constant_mrr_amount as decimal(28, 8)) as start_constant_mrr_amount,
        cast(by_period.end_constant_mrr_amount as decimal(28, 8)) as end_constant_mrr_amount,
        cast(by_period.constant_mrr_12_months_ago_amount as decimal(28, 8))
            as constant_mrr_12_months_ago_amount,
        by_period.start_mrr_amount > 0 as was_active_at_start,
        by_period.start_mrr_amount > 0 or by_period.active_order = 1 as was_active_in_period,
        by_period.active_in_12_months_order = 1 as was_active_in_12_months,
        by_period.end_mrr_amount > 0 as is_active_at_end,
        by_period.churn_reason,
        by_period.is_churn_involuntary,
        -- Twelve balances are a year: a yearly churn needs all of them.
        cast({{ dbt.dateadd('month', 11, 'first_balance.first_balance_month') }} as date)
        <= by_period.last_month as has_12_months
        {{- custom_cuts('companies', 'by_period') }}

    from by_period

    cross join first_balance

    where
        by_period.start_mrr_amount > 0
        or by_period.active_order = 1
        or by_period.active_in_12_months_order = 1

)

select * from final
