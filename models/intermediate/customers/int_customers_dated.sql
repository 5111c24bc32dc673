with subscriptions as (

    select * from {{ ref('stg_subscriptions') }}

),

companies as (

    select * from {{ ref('stg_companies') }}

),

invoices as (

    select * from {{ ref('int_invoices_counted') }}

),

paid_days as (

    select * from {{ ref('int_customer_paid_days_found') }}

),

customers as (

    select coalesce(companies.surviving_company_id, subscriptions.company_id) as customer_id

    from subscriptions

    left join companies
        on subscriptions.company_id = companies.company_id

    union

    select customer_id from invoices

),

cohorts as (

    select
        customer_id,
        min(cohort_month) as cohort_month,
        max(month_start) as last_active_month

    from {{ ref('int_customer_balances_summed') }}

    group by customer_id

),

purchases as (

    select
        customer_id,
        min(first_purchase_date) as first_purchase_date

    from invoices

    group by customer_id

),

final as (

    select
        customers.customer_id,
        cohorts.cohort_month,
        cohorts.last_active_month,
        paid_days.first_paid_date,
        paid_days.last_paid_date,
        purchases.first_purchase_date

    from customers

    left join cohorts
        on customers.customer_id = cohorts.customer_id

    left join paid_days
        on customers.customer_id = paid_days.customer_id

    left join purchases
        on customers.customer_id = purchases.customer_id

)

select * from final
