with customers as (

    select * from {{ ref('dim_customers') }}

),

invoices as (

    select * from {{ ref('fct_invoices') }}

),

mrr_months as (

    select * from {{ ref('fct_mrr_months') }}

),

mrr_movements as (

    select * from {{ ref('fct_mrr_movements') }}

),

feedback as (

    select * from {{ ref('fct_feedback') }}

),

reporting as (

    select
        reporting_date,
        cast({{ dbt.date_trunc('month', 'reporting_date') }} as date) as month_start

    from {{ ref('int_reporting_date') }}

),

-- What has no rows whatever does not exist: its figures are unknown, not 0.
sources as (

    select
        (select count(*) from invoices) > 0 as are_invoices_known,
        (select count(*) from mrr_months) > 0 as is_mrr_known

),

-- Money that customers owe. What was paid after the report was owed on its day.
unpaid as (

    select
        invoices.customer_id,
        invoices.invoice_amount,
        invoices.due_date,
        invoices.due_date < reporting.reporting_date as is_overdue,
        {{ dbt.datediff('invoices.due_date', 'reporting.reporting_date', 'day') }}
            as overdue_days

    from invoices

    cross join reporting

    where
        invoices.is_purchase
        and (
            invoices.paid_date > reporting.reporting_date
            or (invoices.paid_date is null and invoices.invoice_status != 'paid')
        )

),

-- Null, and not 0, where the only unpaid invoices do not say when they are due.
overdue as (

    select
        customer_id,
        case
            when count(due_date) = 0 then null
            else sum(case when is_overdue then invoice_amount else 0 end)
        end as overdue_amount,
        case
            when count(due_date) = 0 then null
            else max(case when is_overdue then overdue_days else 0 end)
        end as overdue_days

    from unpaid

    group by customer_id

),

contractions as (

    select
        mrr_movements.customer_id,
        sum(mrr_movements.movement_amount) as contraction_amount

    from mrr_movements

    inner join reporting
        on
            mrr_movements.month_start
            >= cast({{ dbt.dateadd('month', -2, 'reporting.month_start') }} as date)

    where mrr_movements.movement = 'contraction'

    group by mrr_movements.customer_id

),

ranked_answers as (

    select
        company_id,
        score,
        submitted_date,
        row_number() over (
            partition by company_id
            order by submitted_at desc, feedback_id desc
        ) as answer_rank

    from feedback

    where
        nps_group is not null
        and company_id is not null

),

latest_answers as (

    select * from ranked_answers where answer_rank = 1

),

final as (

    select
        customers.customer_id,
        cast(
            case
                when overdue.customer_id is not null then overdue.overdue_amount
                when sources.are_invoices_known then 0
            end as decimal(28, 8)
        ) as overdue_amount,
        cast(
            case
                when overdue.customer_id is not null then overdue.overdue_days
                when sources.are_invoices_known then 0
            end as bigint
        ) as overdue_days,
        cast(
            case when sources.is_mrr_known then coalesce(contractions.contraction_amount, 0) end
            as decimal(28, 8)
        ) as contraction_3_months_amount,
        latest_answers.score as nps_score,
        latest_answers.submitted_date as nps_date

    from customers

    cross join sources

    left join overdue
        on customers.customer_id = overdue.customer_id

    left join contractions
        on customers.customer_id = contractions.customer_id

    left join latest_answers
        on customers.customer_id = latest_answers.company_id

)

select * from final
