{{ config(pre_hook="{{ add_custom_cuts('companies') }}") }}

with lines as (

    select * from {{ ref('int_contract_lines_valued') }}

),

customers as (

    select * from {{ ref('dim_customers') }}

),

final as (

    select
        lines.month_start,
        lines.balance_date,
        lines.subscription_id,
        lines.line_id,
        lines.customer_id,
        lines.deal_id,
        lines.plan,
        lines.is_add_on,
        customers.industry,
        customers.country,
        customers.channel,
        customers.campaign_name,
        customers.owner_name,
        customers.team,
        lines.currency,
        lines.contract_status,
        lines.signed_date,
        lines.service_from,
        lines.cancel_asked_date,
        lines.contracted_until,
        lines.mrr_amount,
        lines.not_started_mrr_amount,
        lines.leaving_mrr_amount,
        cast(
            lines.mrr_amount + lines.not_started_mrr_amount - lines.leaving_mrr_amount
            as decimal(28, 8)
        ) as contracted_mrr_amount,
        lines.remaining_amount,
        lines.remaining_12_months_amount
        {{- custom_cuts('companies', 'customers') }}

    from lines

    left join customers
        on lines.customer_id = customers.customer_id

)

select * from final
