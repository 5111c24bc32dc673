with customer_balances as (

    select * from {{ ref('int_customer_balances_summed') }}

),

line_balances as (

    select * from {{ ref('int_subscription_months_balanced') }}

),

subscriptions as (

    select * from {{ ref('stg_subscriptions') }}

),

reporting as (

    select * from {{ ref('int_reporting_date') }}

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

lines_left as (

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

),

-- A source gives the reason with the cancellation, or with the status that follows it. One that is
-- given after the customer came back is that of its next departure.
given_reasons as (

    select
        lines_left.customer_id,
        lines_left.last_active_month,
        subscriptions.cancellation_reason,
        row_number() over (
            partition by lines_left.customer_id, lines_left.last_active_month
            order by
                lines_left.mrr_amount desc,
                lines_left.line_id asc,
                subscriptions.valid_from asc
        ) as reason_rank

    from lines_left

    cross join reporting

    inner join subscriptions
        on lines_left.line_id = subscriptions.line_id

    where
        subscriptions.cancellation_reason is not null
        and subscriptions.valid_from <= reporting.reporting_date
        and (
            subscriptions.valid_to is null
            or subscriptions.valid_to >= lines_left.balance_date
        )
        and (
            lines_left.next_active_month is null
            or subscriptions.valid_from < lines_left.next_active_month
        )

),

final as (

    select
        customer_id,
        last_active_month,
        cancellation_reason as churn_reason

    from given_reasons

    where reason_rank = 1

)

select * from final
