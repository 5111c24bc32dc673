{#-
    Question   On which plan do customers stay and grow, and on which do they leave?
    Asked by   the head of customer success, about whom to call; the product manager, about plans.

    How to read it
    The customers of twelve months ago, by the plan that they had then: how many are still there
    (`stayed_share`), how much of their payments was kept (`gross_retention`, never above 1) and
    their payments now over those of then (`net_retention`; above 1 those who stay make up for those
    who left). Amounts are at fixed rates of currencies. The row `all` is the company.

    What it cannot tell
    Why: the plan may attract those who leave, or make them leave. Under about thirty customers a
    single one moves the shares by several points.
-#}
with periods as (

    select * from {{ ref('dim_periods').include(database=false) }}

),

latest_month as (

    select max(period_start) as period_start from periods where period_grain = 'month' and has_begun

),

customer_periods as (

    select customer_periods.*

    from {{ ref('fct_customer_periods').include(database=false) }} as customer_periods

    inner join latest_month
        on customer_periods.period_start = latest_month.period_start

    where
        customer_periods.period_grain = 'month'
        and customer_periods.mrr_12_months_ago_amount > 0

),

cut as (

    select
        'all' as plan_12_months_ago,
        customer_id,
        constant_mrr_12_months_ago_amount as mrr_12_months_ago_amount,
        end_constant_mrr_amount as end_mrr_amount

    from customer_periods

    union all

    select
        plan_12_months_ago,
        customer_id,
        constant_mrr_12_months_ago_amount as mrr_12_months_ago_amount,
        end_constant_mrr_amount as end_mrr_amount

    from customer_periods

),

final as (

    select
        plan_12_months_ago,
        count(customer_id) as customer_count,
        count(case when end_mrr_amount > 0 then customer_id end) as stayed_count,
        cast(
            cast(count(case when end_mrr_amount > 0 then customer_id end) as decimal(18, 4))
            / count(customer_id) as decimal(18, 4)
        ) as stayed_share,
        cast(sum(mrr_12_months_ago_amount) as decimal(18, 2)) as mrr_12_months_ago_amount,
        cast(sum(end_mrr_amount) as decimal(18, 2)) as mrr_amount,
        cast(
            sum(least(end_mrr_amount, mrr_12_months_ago_amount)) / sum(mrr_12_months_ago_amount)
            as decimal(18, 4)
        ) as gross_retention,
        cast(sum(end_mrr_amount) / sum(mrr_12_months_ago_amount) as decimal(18, 4))
            as net_retention

    from cut

    group by plan_12_months_ago

)

select * from final

order by
    case when plan_12_months_ago = 'all' then 0 else 1 end,
    mrr_12_months_ago_amount desc,
    plan_12_months_ago asc
