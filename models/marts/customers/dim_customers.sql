{{ config(pre_hook="{{ add_custom_cuts('companies') }}") }}

with customers as (

    select * from {{ ref('int_customers_dated') }}

),

companies as (

    select * from {{ ref('stg_companies') }}

),

first_won_deals as (

    select * from {{ ref('fct_deals') }} where is_first_won_deal

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

    from {{ ref('dim_contacts') }}

    where company_id is not null

),

first_contacts as (

    select * from ranked_contacts where contact_rank = 1

),

final as (

    select
        customers.customer_id,
        companies.company_name,
        companies.industry,
        companies.country,
        case
            when first_won_deals.company_id is not null then first_won_deals.channel
            else first_contacts.channel
        end as channel,
        case
            when first_won_deals.company_id is not null then first_won_deals.campaign_name
            else first_contacts.campaign_name
        end as campaign_name,
        first_won_deals.owner_name,
        first_won_deals.team,
        customers.cohort_month,
        customers.last_active_month,
        customers.first_paid_date,
        customers.last_paid_date,
        customers.first_purchase_date
        {{- custom_cuts('companies', 'companies') }}

    from customers

    left join companies
        on customers.customer_id = companies.company_id

    left join first_won_deals
        on customers.customer_id = first_won_deals.company_id

    left join first_contacts
        on customers.customer_id = first_contacts.company_id

)

select * from final
