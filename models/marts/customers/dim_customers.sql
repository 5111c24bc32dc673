with subscriptions as (

    select * from {{ ref('stg_subscriptions') }}

),

all_companies as (

    select * from {{ ref('stg_companies') }}

),

invoices as (

    select * from {{ ref('int_invoices_counted') }}

),

periods as (

    select * from {{ ref('int_subscription_periods_priced') }}

),

balances as (

    select * from {{ ref('int_customer_balances_summed') }}

),

deals as (

    select * from {{ ref('fct_deals') }}

),

contacts as (

    select * from {{ ref('dim_contacts') }}

),

reporting as (

    select * from {{ ref('int_reporting_date') }}

),

first_won_deals as (

    select
        company_id,
        channel,
        campaign_name

    from deals

    where
        is_first_won_deal
        and company_id is not null

),

ranked_contacts as (

    select
        company_id,
        channel,
        campaign_name,
        row_number() over (
            partition by company_id
            order by created_date asc nulls last, contact_id asc
        ) as contact_rank

    from contacts

    where company_id is not null

),

first_contacts as (

    select * from ranked_contacts where contact_rank = 1

),

customers as (

    select coalesce(all_companies.surviving_company_id, subscriptions.company_id) as customer_id

    from subscriptions

    left join all_companies
        on subscriptions.company_id = all_companies.company_id

    union

    select customer_id from invoices

),

paid_days as (

    select
        periods.customer_id,
        reporting.reporting_date,
        min(periods.paid_from) as first_paid_date,
        max(periods.paid_to) as last_paid_date,
        max(
            case
                when periods.paid_to is null or periods.paid_to > reporting.reporting_date then 1
                else 0
            end
        ) as running_order

    from periods

    cross join reporting

    where
        periods.paid_from <= reporting.reporting_date
        and periods.mrr_in_currency > 0

    group by
        periods.customer_id,
        reporting.reporting_date

),

-- Whose price changes on the day after the report goes on.
going_on as (

    select distinct periods.customer_id

    from periods

    inner join paid_days
        on
            periods.customer_id = paid_days.customer_id
            and periods.paid_from
            = cast({{ dbt.dateadd('day', 1, 'paid_days.reporting_date') }} as date)
            and paid_days.last_paid_date = paid_days.reporting_date

    where periods.mrr_in_currency > 0

),

cohorts as (

    select
        customer_id,
        min(cohort_month) as cohort_month,
        max(month_start) as last_active_month

    from balances

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
        all_companies.company_name,
        all_companies.industry,
        all_companies.country,
        case
            when first_won_deals.company_id is not null then first_won_deals.channel
            else first_contacts.channel
        end as channel,
        case
            when first_won_deals.company_id is not null then first_won_deals.campaign_name
            else first_contacts.campaign_name
        end as campaign_name,
        cohorts.cohort_month,
        cohorts.last_active_month,
        paid_days.first_paid_date,
        case
            when paid_days.running_order = 0 and going_on.customer_id is null
                then paid_days.last_paid_date
        end as last_paid_date,
        purchases.first_purchase_date

    from customers

    left join all_companies
        on customers.customer_id = all_companies.company_id

    left join first_won_deals
        on customers.customer_id = first_won_deals.company_id

    left join first_contacts
        on customers.customer_id = first_contacts.company_id

    left join cohorts
        on customers.customer_id = cohorts.customer_id

    left join paid_days
        on customers.customer_id = paid_days.customer_id

    left join going_on
        on customers.customer_id = going_on.customer_id

    left join purchases
        on customers.customer_id = purchases.customer_id

)

select * from final
