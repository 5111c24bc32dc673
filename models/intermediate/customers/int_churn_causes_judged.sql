with lines_left as (

    select * from {{ ref('int_departed_lines_summed') }}

),

services as (

    select * from {{ ref('int_subscription_terms_followed') }}

),

churn_reasons as (

    select * from {{ ref('int_churn_reasons_chosen') }}

),

failure_reasons as (

    select * from {{ ref('payment_failure_reasons') }}

),

largest_lines as (

    select
        *,
        row_number() over (
            partition by customer_id, last_active_month
            order by mrr_amount desc, line_id asc
        ) as line_rank

    from lines_left

),

-- A payment that failed says that the customer was lost by it, whatever was written down later: a
-- billing system writes a day of cancellation, too, when it gives up.
final as (

    select
        largest_lines.customer_id,
        largest_lines.last_active_month,
        services.ends_unpaid or failure_reasons.cancellation_reason is not null as is_involuntary

    from largest_lines

    inner join services
        on
            largest_lines.line_id = services.line_id
            and largest_lines.balance_date >= services.paid_from
            and (services.paid_to is null or largest_lines.balance_date <= services.paid_to)

    left join churn_reasons
        on
            largest_lines.customer_id = churn_reasons.customer_id
            and largest_lines.last_active_month = churn_reasons.last_active_month

    left join failure_reasons
        on churn_reasons.churn_reason = failure_reasons.cancellation_reason

    where largest_lines.line_rank = 1

)

select * from final
