{{ config(pre_hook="{{ add_custom_cuts('companies') }}") }}

with invoices as (

    select
        *,
        cast({{ dbt.date_trunc('month', 'issued_date') }} as date) as month_start

    from {{ ref('fct_invoices') }}

),

mrr_months as (

    select * from {{ ref('fct_mrr_months') }}

),

period_months as (

    select * from {{ ref('dim_period_months') }}

),

-- The main plan at the period's end, as for active customers; who left keeps its last one.
plans_at_end as (

    select
        period_months.period_grain,
        period_months.period_start,
        mrr_months.customer_id,
        mrr_months.plan

    from mrr_months

    inner join period_months
        on
            mrr_months.month_start = period_months.month_start
            and period_months.is_last_month

),

summed as (

    select
        period_months.period_grain,
        period_months.period_start,
        invoices.customer_id,
        max(invoices.industry) as industry,
        max(invoices.country) as country,
        max(invoices.channel) as channel,
        max(invoices.campaign_name) as campaign_name,
        max(invoices.owner_name) as owner_name,
        max(invoices.team) as team,
        min(invoices.first_purchase_date) as first_purchase_date,
        sum(invoices.invoice_amount) as revenue_amount,
        count(case when invoices.is_purchase then invoices.invoice_id end) as purchase_count
        {{- custom_cuts('companies', 'invoices', 'max') }}

    from invoices

    inner join period_months
        on invoices.month_start = period_months.month_start

    group by
        period_months.period_grain,
        period_months.period_start,
        invoices.customer_id

),

final as (

    select
        summed.period_grain,
        summed.period_start,
        summed.customer_id,
        plans_at_end.plan,
        summed.industry,
        summed.country,
        summed.channel,
        summed.campaign_name,
        summed.owner_name,
        summed.team,
        cast(summed.revenue_amount as decimal(28, 8)) as revenue_amount,
        summed.purchase_count,
        coalesce(summed.first_purchase_date < summed.period_start, false) as has_purchased_before
        {{- custom_cuts('companies', 'summed') }}

    from summed

    left join plans_at_end
        on
            summed.customer_id = plans_at_end.customer_id
            and summed.period_grain = plans_at_end.period_grain
            and summed.period_start = plans_at_end.period_start

)

select * from final
