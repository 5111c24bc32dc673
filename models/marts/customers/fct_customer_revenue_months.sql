{%- set in_trailing_year -%}
cast({{ dbt.dateadd('month', -11, 'spine.month_start') }} as date) <= invoiced.month_start
{%- endset -%}
with invoices as (

    select
        *,
        cast({{ dbt.date_trunc('month', 'issued_date') }} as date) as month_start

    from {{ ref('fct_invoices') }}

),

months as (

    select * from {{ ref('int_months') }}

),

mrr_months as (

    select * from {{ ref('fct_mrr_months') }}

),

invoiced as (

    select
        customer_id,
        month_start,
        max(industry) as industry,
        max(country) as country,
        max(channel) as channel,
        max(campaign_name) as campaign_name,
        max(owner_name) as owner_name,
        max(team) as team,
        sum(invoice_amount) as revenue_amount,
        count(case when is_purchase then invoice_id end) as invoice_count

    from invoices

    group by
        customer_id,
        month_start

),

customers as (

    select
        customer_id,
        max(industry) as industry,
        max(country) as country,
        max(channel) as channel,
        max(campaign_name) as campaign_name,
        max(owner_name) as owner_name,
        max(team) as team,
        min(month_start) as first_month

    from invoiced

    group by customer_id

),

-- From its first invoice on, a customer has a row in every month, with or without invoices.
spine as (

    select
        customers.customer_id,
        customers.industry,
        customers.country,
        customers.channel,
        customers.campaign_name,
        customers.owner_name,
        customers.team,
        months.month_start

    from customers

    inner join months
        on customers.first_month <= months.month_start

),

summed as (

    select
        spine.customer_id,
        spine.month_start,
        spine.industry,
        spine.country,
        spine.channel,
        spine.campaign_name,
        spine.owner_name,
        spine.team,
        sum(case when spine.month_start = invoiced.month_start then invoiced.revenue_amount end)
            as revenue_amount,
        sum(case when {{ in_trailing_year }} then invoiced.revenue_amount end)
            as revenue_12_months_amount,
        sum(case when {{ in_trailing_year }} then invoiced.invoice_count end)
            as invoice_count_12_months,
        sum(invoiced.revenue_amount) as revenue_to_date_amount,
        sum(invoiced.invoice_count) as invoice_count_to_date

    from spine

    inner join invoiced
        on
            spine.customer_id = invoiced.customer_id
            and spine.month_start >= invoiced.month_start

    group by
        spine.customer_id,
        spine.month_start,
        spine.industry,
        spine.country,
        spine.channel,
        spine.campaign_name,
        spine.owner_name,
        spine.team

),

final as (

    select
        summed.customer_id,
        summed.month_start,
        -- The main plan of the month, as for MRR; churned customers keep their last plan.
        mrr_months.plan,
        summed.industry,
        summed.country,
        summed.channel,
        summed.campaign_name,
        summed.owner_name,
        summed.team,
        cast(coalesce(summed.revenue_amount, 0) as decimal(28, 8)) as revenue_amount,
        cast(coalesce(summed.revenue_12_months_amount, 0) as decimal(28, 8))
            as revenue_12_months_amount,
        cast(coalesce(summed.invoice_count_12_months, 0) as bigint) as invoice_count_12_months,
        cast(summed.revenue_to_date_amount as decimal(28, 8)) as revenue_to_date_amount,
        cast(summed.invoice_count_to_date as bigint) as invoice_count_to_date

    from summed

    left join mrr_months
        on
            summed.customer_id = mrr_months.customer_id
            and summed.month_start = mrr_months.month_start

)

select * from final
