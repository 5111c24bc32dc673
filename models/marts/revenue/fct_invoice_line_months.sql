{{ config(pre_hook="{{ add_custom_cuts('companies') }}") }}

with recognised as (

    select * from {{ ref('int_invoice_lines_recognised') }}

),

lines as (

    select * from {{ ref('fct_invoice_lines') }}

),

final as (

    select
        recognised.invoice_line_id,
        lines.invoice_id,
        lines.customer_id,
        lines.plan,
        lines.industry,
        lines.country,
        lines.channel,
        lines.campaign_name,
        lines.owner_name,
        lines.team,
        lines.line_type,
        lines.first_purchase_date,
        recognised.month_start,
        recognised.invoiced_amount,
        recognised.recognised_amount,
        recognised.deferred_amount
        {{- custom_cuts('companies', 'lines') }}

    from recognised

    inner join lines
        on recognised.invoice_line_id = lines.invoice_line_id

)

select * from final
