with balances as (

    select * from {{ ref('int_subscription_months_balanced') }}

),

months as (

    select * from {{ ref('int_months') }}

),

ends as (

    select
        customer_id,
        plan,
        currency,
        month_start,
        min(month_start) over (partition by customer_id) as cohort_month,
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
        cohort_month,
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
        cohort_month,
        end_in_currency as start_in_currency,
        end_amount as start_amount,
        0 as end_in_currency,
        0 as end_amount

    from ends

),

final as (

    select
        sides.customer_id,
        sides.plan,
        sides.currency,
        sides.month_start,
        sides.cohort_month,
        cast(sum(sides.start_in_currency) as decimal(28, 8)) as start_in_currency,
        cast(sum(sides.end_in_currency) as decimal(28, 8)) as end_in_currency,
        cast(sum(sides.start_amount) as decimal(28, 8)) as start_amount,
        cast(sum(sides.end_amount) as decimal(28, 8)) as end_amount

    from sides

    inner join months
        on sides.month_start = months.month_start

    group by
        sides.customer_id,
        sides.plan,
        sides.currency,
        sides.month_start,
        sides.cohort_month

)

select * from final
