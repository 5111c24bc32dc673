{{ config(pre_hook="{{ add_custom_cuts('companies') }}") }}

{%- set in_trailing_year -%}
cast({{ dbt.dateadd('month', -11, 'spine.month_start') }} as date) <= amounts.month_start
{%- endset -%}
with invoices as (

    select
        *,
        cast({{ dbt.date_trunc('month', 'issued_date') }} as date) as month_start

    from {{ ref('fct_invoices') }}

),

line_months as (

    select * from {{ ref('fct_invoice_line_months') }}

),

months as (

    select * from {{ ref('int_months') }}

),

customers as (

    select * from {{ ref('dim_customers') }}

),

mrr_months as (

    select * from {{ ref('fct_mrr_months') }}

),

-- Invoices of a customer in a month, and the revenue that its lines earn in it: before, in or after
-- the month of the invoice.
entries as (

    select
        customer_id,
        month_start,
        invoice_amount as invoiced_amount,
        case when is_purchase then 1 else 0 end as invoice_count,
        0 as recognised_amount

    from invoices

    union all

    select
        customer_id,
        month_start,
        0 as invoiced_amount,
        0 as invoice_count,
        recognised_amount

    from line_months

),

amounts as (

    select
        customer_id,
        month_start,
        sum(invoiced_amount) as invoiced_amount,
        sum(invoice_count) as invoice_count,
        sum(recognised_amount) as recognised_amount

    from entries

    group by
        customer_id,
        month_start

),

first_months as (

    select
        customer_id,
        min(month_start) as first_month

    from amounts

    group by customer_id

),

-- From its first invoice or earned revenue on, a customer has a row in every month.
spine as (

    select
        first_months.customer_id,
        months.month_start

    from first_months

    inner join months
        on first_months.first_month <= months.month_start

),

summed as (

    select
        spine.customer_id,
        spine.month_start,
        sum(case when spine.month_start = amounts.month_start then amounts.invoiced_amount end)
            as invoiced_amount,
        sum(case when {{ in_trailing_year }} then amounts.invoiced_amount end)
            as invoiced_12_months_amount,
        sum(case when {{ in_trailing_year }} then amounts.invoice_count end)
            as invoice_count_12_months,
        sum(amounts.invoiced_amount) as invoiced_to_date_amount,
        sum(amounts.invoice_count) as invoice_count_to_date,
        sum(case when {{ in_trailing_year }} then amounts.recognised_amount end)
            as recognised_12_months_amount,
        sum(amounts.recognised_amount) as recognised_to_date_amount

    from spine

    inner join amounts
        on
            spine.customer_id = amounts.customer_id
            and spine.month_start >= amounts.month_start

    group by
        spine.customer_id,
        spine.month_start

),

final as (

    select
        summed.customer_id,
        summed.month_start,
        -- The main plan of the month, as for MRR; churned customers keep their last plan.
        mrr_months.plan,
        customers.industry,
        customers.country,
        customers.channel,
        customers.campaign_name,
        customers.owner_name,
        customers.team,
        cast(coalesce(summed.invoiced_amount, 0) as decimal(28, 8)) as invoiced_amount,
        cast(coalesce(summed.invoiced_12_months_amount, 0) as decimal(28, 8))
            as invoiced_12_months_amount,
        cast(coalesce(summed.invoice_count_12_months, 0) as bigint) as invoice_count_12_months,
        cast(summed.invoiced_to_date_amount as decimal(28, 8)) as invoiced_to_date_amount,
        cast(summed.invoice_count_to_date as bigint) as invoice_count_to_date,
        cast(coalesce(summed.recognised_12_months_amount, 0) as decimal(28, 8))
            as recognised_12_months_amount,
        cast(summed.recognised_to_date_amount as decimal(28, 8)) as recognised_to_date_amount
        {{- custom_cuts('companies', 'customers') }}

    from summed

    left join customers
        on summed.customer_id = customers.customer_id

    left join mrr_months
        on
            summed.customer_id = mrr_months.customer_id
            and summed.month_start = mrr_months.month_start

)

select * from final
