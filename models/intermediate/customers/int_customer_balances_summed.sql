with balances as (

    select * from {{ ref('int_subscription_months_balanced') }}

),

by_plan as (

    select
        customer_id,
        month_start,
        plan,
        sum(mrr_amount) as mrr_amount,
        sum(list_mrr_amount) as list_mrr_amount,
        sum(constant_mrr_amount) as constant_mrr_amount,
        sum(seat_count) as seat_count

    from balances

    group by
        customer_id,
        month_start,
        plan

),

ranked as (

    select
        by_plan.*,
        row_number() over (
            partition by customer_id, month_start
            order by mrr_amount desc, plan asc
        ) as plan_rank

    from by_plan

),

summed as (

    select
        customer_id,
        month_start,
        max(case when plan_rank = 1 then plan end) as plan,
        cast(sum(mrr_amount) as decimal(28, 8)) as mrr_amount,
        cast(sum(list_mrr_amount) as decimal(28, 8)) as list_mrr_amount,
        cast(sum(constant_mrr_amount) as decimal(28, 8)) as constant_mrr_amount,
        cast(sum(seat_count) as decimal(18, 4)) as seat_count

    from ranked

    group by
        customer_id,
        month_start

),

final as (

    select
        summed.*,
        lag(month_start) over (partition by customer_id order by month_start asc)
            as previous_active_month,
        min(month_start) over (partition by customer_id) as cohort_month

    from summed

)

select * from final
