with lines_judged as (

    select * from {{ ref('int_renewal_lines_judged') }}

),

-- The plan of the renewal is that of the line that brings most.
ranked as (

    select
        lines_judged.*,
        row_number() over (
            partition by subscription_key, due_date, term_months
            order by
                case when is_add_on then 1 else 0 end asc,
                mrr_amount desc,
                line_id asc
        ) as line_rank

    from lines_judged

),

summed as (

    select
        subscription_key,
        due_date,
        term_months,
        observation_date,
        is_coming,
        rate_month,
        max(source_system) as source_system,
        max(customer_id) as customer_id,
        max(case when line_rank = 1 then plan end) as plan,
        count(*) as line_count,
        sum(case when has_left then 1 else 0 end) as left_line_count,
        sum(mrr_amount) as mrr_amount,
        sum(renewed_amount) as renewed_amount,
        min(cancel_asked_date) as cancel_asked_date,
        min(past_due_date) as past_due_date,
        max(left_date) as left_date,
        sum(case when has_left_unpaid then 1 else 0 end) as unpaid_line_count

    from ranked

    group by
        subscription_key,
        due_date,
        term_months,
        observation_date,
        is_coming,
        rate_month

),

-- A free line renews nothing.
final as (

    select *

    from summed

    where mrr_amount != 0

)

select * from final
