{{ config(pre_hook="{{ add_custom_cuts('companies') }}") }}

with lines as (

    select * from {{ ref('int_invoice_lines_signed') }}

),

invoices as (

    select * from {{ ref('fct_invoices') }}

),

plans as (

    select * from {{ ref('stg_plans') }}

),

final as (

    select
        lines.invoice_line_id,
        lines.invoice_id,
        invoices.customer_id,
        invoices.subscription_id,
        invoices.deal_id,
        lines.line_id,
        coalesce(plans.plan_name, {{ given_id('lines.plan_id') }}) as plan,
        invoices.industry,
        invoices.country,
        invoices.channel,
        invoices.campaign_name,
        invoices.owner_name,
        invoices.team,
        lines.line_type,
        invoices.invoice_type,
        invoices.is_purchase,
        lines.quantity,
        lines.line_amount,
        invoices.issued_date,
        lines.service_start_date,
        lines.service_end_date,
        invoices.first_purchase_date
        {{- custom_cuts('companies', 'invoices') }}

    from lines

    inner join invoices
        on lines.invoice_id = invoices.invoice_id

    left join plans
        on lines.plan_id = plans.plan_id

)

select * from final
