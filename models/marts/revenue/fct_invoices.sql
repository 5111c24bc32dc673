{{ config(pre_hook="{{ add_custom_cuts('companies') }}") }}

with invoices as (

    select * from {{ ref('int_invoices_counted') }}

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
        customers.industry,
        customers.country,
        customers.channel,
        customers.campaign_name,
        customers.owner_name,
        customers.team,
        invoices.invoice_type,
        invoices.invoice_status,
        invoices.invoice_amount,
        invoices.is_purchase,
        invoices.issued_date,
        invoices.due_date,
        invoices.paid_date,
        invoices.first_purchase_date
        {{- custom_cuts('companies', 'customers') }}

    from invoices

    left join customers
        on invoices.customer_id = customers.customer_id

)

select * from final
