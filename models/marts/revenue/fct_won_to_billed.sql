with deals as (

    select * from {{ ref('fct_deals') }} where is_won

),

services as (

    select * from {{ ref('int_deal_services_valued') }}

),

billed as (

    select * from {{ ref('int_deal_invoices_summed') }}

),

customers as (

    select * from {{ ref('dim_customers') }}

),

-- A win before the first invoice may have been invoiced elsewhere.
billing as (

    select min(issued_date) as billing_start_date

    from {{ ref('int_invoices_counted') }}

    where is_purchase

),

reporting as (

    select * from {{ ref('int_reporting_date') }}

),

joined as (

    select
        deals.deal_id,
        deals.company_id as customer_id,
        deals.owner_name,
        deals.team,
        deals.channel,
        deals.plan,
        deals.customer_type,
        deals.closed_date,
        services.service_start_date,
        case
            when deals.company_id is null then 'no_company'
            when services.deal_id is not null and billed.deal_id is not null then 'billed'
            when services.service_start_date > reporting.reporting_date then 'not_started'
            when services.deal_id is not null then 'not_billed'
            when billed.deal_id is not null then 'billed_without_subscription'
            when customers.customer_id is not null then 'billed_with_another_deal'
            else 'not_a_customer'
        end as billing_status,
        billed.first_invoiced_date,
        customers.first_purchase_date is not null as has_purchased,
        coalesce(deals.closed_date >= billing.billing_start_date, false) as is_since_billing,
        deals.deal_amount,
        coalesce(deals.deal_amount, 0) as signed_amount,
        coalesce(services.subscribed_amount, 0) as subscribed_amount,
        coalesce(services.served_amount, 0) as served_amount,
        coalesce(services.served_to_come_amount, 0) as served_to_come_amount,
        coalesce(billed.billed_amount, 0) as billed_amount,
        coalesce(billed.billed_in_all_amount, 0) as billed_in_all_amount,
        coalesce(billed.credited_amount, 0) as credited_amount,
        coalesce(billed.billed_to_come_amount, 0) as billed_to_come_amount

    from deals

    cross join reporting

    cross join billing

    left join services
        on deals.deal_id = services.deal_id

    left join billed
        on deals.deal_id = billed.deal_id

    left join customers
        on deals.company_id = customers.customer_id

),

-- The steps from the signed to the billed amount of the first year: they add up to the whole
-- difference.
final as (

    select
        deal_id,
        customer_id,
        owner_name,
        team,
        channel,
        plan,
        customer_type,
        closed_date,
        service_start_date,
        billing_status,
        first_invoiced_date,
        case
            when not is_since_billing then null
            when first_invoiced_date < closed_date then 0
            else {{ dbt.datediff('closed_date', 'first_invoiced_date', 'day') }}
        end as days_to_first_invoice,
        is_since_billing
        and first_invoiced_date is null
        and not (billing_status = 'billed_with_another_deal' and has_purchased)
        and coalesce(deal_amount, 1) > 0 as is_not_yet_invoiced,
        signed_amount,
        billed_amount,
        billed_in_all_amount,
        cast(signed_amount - billed_amount as decimal(18, 2)) as residual_amount,
        cast(signed_amount - subscribed_amount as decimal(18, 2)) as not_subscribed_amount,
        cast(subscribed_amount - served_amount as decimal(18, 2)) as changed_amount,
        cast(served_to_come_amount - billed_to_come_amount as decimal(18, 2))
            as not_yet_billed_amount,
        credited_amount,
        cast(
            served_amount - served_to_come_amount
            - (billed_amount + credited_amount - billed_to_come_amount) as decimal(18, 2)
        ) as unexplained_amount

    from joined

)

select * from final
