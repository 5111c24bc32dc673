{#- A table: it ranks all customers, and readers sort and filter it. -#}
{{ config(materialized='table', meta={'has_given_cuts': false}) }}

with customers as (

    select * from {{ ref('dim_customers') }}

),

line_months as (

    select * from {{ ref('fct_invoice_line_months') }}

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

margin_months as (

    select * from {{ ref('fct_gross_margin_months') }}

),

feedback as (

    select * from {{ ref('fct_feedback') }}

),

calendar as (

    select max(reporting_date) as reporting_date from {{ ref('dim_periods') }}

),

months as (

    select
        reporting_date,
        cast({{ dbt.date_trunc('month', 'reporting_date') }} as date) as month_start

    from calendar

),

reporting as (

    select
        reporting_date,
        month_start,
        cast({{ dbt.dateadd('month', -11, 'month_start') }} as date) as first_of_12_months,
        cast({{ dbt.dateadd('month', -2, 'month_start') }} as date) as first_of_3_months

    from months

),

-- What has no rows whatever does not exist: its figures are unknown, not 0.
sources as (

    select
        (select count(*) from line_months) > 0 as are_lines_known,
        (select count(*) from invoices) > 0 as are_invoices_known,
        (select count(*) from mrr_months) > 0 as is_mrr_known

),

revenue as (

    select
        line_months.customer_id,
        sum(line_months.recognised_amount) as revenue_amount,
        sum(
            case
                when line_months.month_start >= reporting.first_of_12_months
                    then line_months.recognised_amount
                else 0
            end
        ) as revenue_12_months_amount,
        sum(line_months.invoiced_amount) as invoiced_amount

    from line_months

    cross join reporting

    group by line_months.customer_id

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

balances as (

    select mrr_months.*

    from mrr_months

    inner join reporting
        on mrr_months.month_start = reporting.month_start

),

contractions as (

    select
        mrr_movements.customer_id,
        sum(mrr_movements.movement_amount) as contraction_amount

    from mrr_movements

    inner join reporting
        on mrr_movements.month_start >= reporting.first_of_3_months

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

gathered as (

    select
        customers.*,
        balances.plan,
        overdue.customer_id is not null as has_unpaid,
        overdue.overdue_amount as unpaid_overdue_amount,
        overdue.overdue_days as unpaid_overdue_days,
        latest_answers.score as nps_score,
        latest_answers.submitted_date as nps_date,
        reporting.reporting_date,
        sources.are_invoices_known,
        margin_months.gross_margin_rate_to_date,
        case when sources.are_lines_known then coalesce(revenue.revenue_amount, 0) end
            as revenue_amount,
        case when sources.are_lines_known then coalesce(revenue.revenue_12_months_amount, 0) end
            as revenue_12_months_amount,
        case when sources.are_lines_known then coalesce(revenue.invoiced_amount, 0) end
            as invoiced_amount,
        case when sources.is_mrr_known then coalesce(balances.mrr_amount, 0) end as mrr_amount,
        case when sources.is_mrr_known then coalesce(balances.active_month_count, 0) end
            as tenure_months,
        case when sources.is_mrr_known then coalesce(balances.is_active, false) end as is_active,
        case when sources.is_mrr_known then coalesce(contractions.contraction_amount, 0) end
            as contraction_amount

    from customers

    cross join reporting

    cross join sources

    left join margin_months
        on reporting.month_start = margin_months.month_start

    left join revenue
        on customers.customer_id = revenue.customer_id

    left join balances
        on customers.customer_id = balances.customer_id

    left join contractions
        on customers.customer_id = contractions.customer_id

    left join overdue
        on customers.customer_id = overdue.customer_id

    left join latest_answers
        on customers.customer_id = latest_answers.company_id

),

ranked as (

    select
        *,
        sum(revenue_amount) over () as total_revenue_amount,
        row_number() over (order by revenue_amount desc, customer_id asc) as place

    from gathered

),

final as (

    select
        case when revenue_amount is not null then place end as customer_rank,
        customer_id,
        company_name,
        plan,
        industry,
        country,
        channel,
        owner_name,
        team,
        is_active,
        coalesce(first_paid_date, first_purchase_date) as customer_since_date,
        tenure_months,
        cast(revenue_amount as {{ kpi_part_type() }}) as revenue_amount,
        cast(revenue_12_months_amount as {{ kpi_part_type() }}) as revenue_12_months_amount,
        cast(invoiced_amount as {{ kpi_part_type() }}) as invoiced_amount,
        cast(mrr_amount as {{ kpi_part_type() }}) as mrr_amount,
        cast(revenue_amount * gross_margin_rate_to_date as {{ kpi_part_type() }})
            as gross_margin_amount,
        case when total_revenue_amount > 0 then {{ ratio(
            'revenue_amount', 'total_revenue_amount'
        ) }} end as revenue_share,
        case when total_revenue_amount > 0 then {{ ratio(
            'sum(revenue_amount) over (order by place asc rows unbounded preceding)',
            'total_revenue_amount'
        ) }} end as cumulative_revenue_share,
        cast(
            case
                when has_unpaid then unpaid_overdue_amount
                when are_invoices_known then 0
            end as {{ kpi_part_type() }}
        ) as overdue_amount,
        cast(
            case
                when has_unpaid then unpaid_overdue_days
                when are_invoices_known then 0
            end as bigint
        ) as overdue_days,
        cast(contraction_amount as {{ kpi_part_type() }}) as contraction_3_months_amount,
        nps_score,
        nps_date,
        reporting_date

    from ranked

)

select * from final
