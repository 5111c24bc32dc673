{{ config(pre_hook="{{ add_custom_cuts('companies') }}") }}

with balances as (

    select * from {{ ref('int_subscription_months_balanced') }}

),

customers as (

    select * from {{ ref('dim_customers') }}

),

final as (

    select
        balances.month_start,
        balances.balance_date,
        cast({{ dbt.dateadd('month', 1, 'balances.month_start') }} as date) as next_month_start,
        balances.subscription_id,
        balances.line_id,
        balances.customer_id,
        balances.deal_id,
        balances.plan,
        balances.is_add_on,
        customers.industry,
        customers.country,
        customers.channel,
        customers.campaign_name,
        customers.owner_name,
        customers.team,
        balances.currency,
        balances.quantity,
        cast(balances.seat_count as decimal(18, 4)) as seat_count,
        balances.mrr_in_currency,
        balances.list_mrr_in_currency,
        balances.conversion_rate,
        balances.mrr_amount,
        balances.list_mrr_amount
        {{- custom_cuts('companies', 'customers') }}

    from balances

    left join customers
        on balances.customer_id = customers.customer_id

)

select * from final
