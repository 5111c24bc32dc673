{#- A table: it ranks all customers, and readers sort and filter it. -#}
{{ config(materialized='table', meta={'has_given_cuts': false}) }}

with customers as (

    select * from {{ ref('dim_customers') }}

),

health_signs as (

    select * from {{ ref('fct_customer_health_signs') }}

),

line_months as (

    select * from {{ ref('fct_invoice_line_months') }}

),

mrr_months as (

    select * from {{ ref('fct_mrr_months') }}

),

margin_months as (

    select * from {{ ref('fct_gross_margin_months') }}

),

-- The date of the report, and its month.
reporting as (

    select
        max(reporting_date) as reporting_date,
        max(case when period_start <= reporting_date then period_start end) as month_start

    from {{ ref('dim_periods') }}

    where period_grain = 'month'

),

-- What has no rows whatever does not exist: its figures are unknown, not 0.
sources as (

    select
        (select count(*) from line_months) > 0 as are_lines_known,
        (select count(*) from mrr_months) > 0 as is_mrr_known

),

revenue as (

    select
        line_months.customer_id,
        sum(line_months.recognised_amount) as revenue_amount,
        sum(
            case
                when
                    line_months.month_start
                    >= cast({{ dbt.dateadd('month', -11, 'reporting.month_start') }} as date)
                    then line_months.recognised_amount
                else 0
            end
        ) as revenue_12_months_amount,
        sum(line_months.invoiced_amount) as invoiced_amount

    from line_months

    cross join reporting

    group by line_months.customer_id

),

balances as (

    select mrr_months.*

    from mrr_months

    inner join reporting
        on mrr_months.month_start = reporting.month_start

),

gathered as (

    select
        customers.*,
        balances.plan,
        health_signs.overdue_amount,
        health_signs.overdue_days,
        health_signs.contraction_3_months_amount,
        health_signs.nps_score,
        health_signs.nps_date,
        reporting.reporting_date,
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
        case when sources.is_mrr_known then coalesce(balances.is_active, false) end as is_active

    from customers

    cross join reporting

    cross join sources

    left join margin_months
        on reporting.month_start = margin_months.month_start

    left join revenue
        on customers.customer_id = revenue.customer_id

    left join balances
        on customers.customer_id = balances.customer_id

    left join health_signs
        on customers.customer_id = health_signs.customer_id

),

ranked as (

    select
        *,
        sum(revenue_amount) over () as total_revenue_amount,
        cast(row_number() over (
            order by revenue_amount desc nulls last, customer_id asc
        ) as bigint) as place

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
        overdue_amount,
        overdue_days,
        contraction_3_months_amount,
        nps_score,
        nps_date,
        reporting_date

    from ranked

)

select * from final
