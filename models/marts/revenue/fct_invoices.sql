{{ config(pre_hook="{{ add_custom_cuts('companies') }}") }}

with invoices as (

    select * from {{ ref('int_invoices_counted') }}

),

plans as (

    select * from {{ ref('int_invoice_plans_chosen') }}

),

customers as (

    select * from {{ ref('dim_customers') }}

),

final as (

    select
        invoices.invoice_id,
        invoices.customer_id,
        invoices.subscription_id,
        invoices.deal_id,
        plans.plan,
        customers.industry,
        customers.country,
        customers.channel,
        customers.campaign_name,
        customers.owner_name,
        customers.team,
        invoices.invoice_type,
        invoices.invoice_status,
        invoices.invoice_amount,
        invoices.tax_amount,
        cast(invoices.invoice_amount + invoices.tax_amount as decimal(18, 2)) as total_amount,
        invoices.is_purchase,
        invoices.issued_date,
        invoices.due_date,
        invoices.paid_date,
        invoices.settled_date,
        invoices.first_purchase_date
        {{- custom_cuts('companies', 'customers') }}

    from invoices

    left join plans
        on invoices.invoice_id = plans.invoice_id

    left join customers
        on invoices.customer_id = customers.customer_id

)

select * from final
