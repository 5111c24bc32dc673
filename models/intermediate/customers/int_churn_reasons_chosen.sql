with lines_left as (

    select * from {{ ref('int_departed_lines_summed') }}

),

subscriptions as (

    select * from {{ ref('stg_subscriptions') }}

),

reporting as (

    select * from {{ ref('int_reporting_date') }}

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
