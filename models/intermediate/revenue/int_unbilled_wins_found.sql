with deals as (

    select * from {{ ref('int_deals_resolved') }} where is_won

),

sequenced as (

    select * from {{ ref('int_deals_sequenced') }}

),

services as (

    select * from {{ ref('int_deal_services_valued') }}

),

billed as (

    select * from {{ ref('int_deal_invoices_summed') }}

),

customers as (

    select * from {{ ref('int_customers_dated') }}

),

purchases as (

    select * from {{ ref('int_invoices_counted') }} where is_purchase

),

billing as (

    select min(issued_date) as first_issued_date from purchases

),

first_invoices as (

    select
        deal_id,
        min(issued_date) as first_issued_date

    from purchases

    where deal_id is not null

    group by deal_id

),

-- How long the deals took that were billed.
waits as (

    select
        {{ dbt.datediff('deals.closed_date', 'first_invoices.first_issued_date', 'day') }}
            as wait_days

    from deals

    inner join first_invoices
        on deals.deal_id = first_invoices.deal_id

    where deals.closed_date is not null

),

ranked_waits as (

    select
        wait_days,
        cume_dist() over (order by wait_days) as billed_share

    from waits

),

usual_wait as (

    select min(wait_days) as wait_days

    from ranked_waits

    where billed_share >= {{ var('mature_share') }}

),

-- A customer that has a subscription or invoices of another deal as a rule pays this one with it,
-- and a win without a company is a finding of its own.
unbilled as (

    select
        deals.source_system,
        deals.deal_id,
        deals.closed_date,
        deals.reporting_date,
        greatest(
            deals.closed_date, coalesce(services.service_start_date, deals.closed_date)
        ) as billable_date

    from deals

    inner join sequenced
        on deals.deal_id = sequenced.deal_id

    left join services
        on deals.deal_id = services.deal_id

    left join billed
        on deals.deal_id = billed.deal_id

    left join customers
        on sequenced.company_id = customers.customer_id

    where
        sequenced.company_id is not null
        and billed.deal_id is null
        and (services.deal_id is not null or customers.customer_id is null)
        and coalesce(deals.deal_amount, 1) > 0

),

-- What was won before there was billing was billed elsewhere, if at all.
final as (

    select
        'deal_won_never_billed' as finding,
        unbilled.source_system,
        unbilled.deal_id

    from unbilled

    cross join billing

    cross join usual_wait

    where
        unbilled.closed_date >= billing.first_issued_date
        and {{ dbt.datediff('unbilled.billable_date', 'unbilled.reporting_date', 'day') }}
        > usual_wait.wait_days

)

select * from final
