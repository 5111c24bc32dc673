with lines as (

    select * from {{ ref('int_invoice_lines_signed') }}

),

invoices as (

    select * from {{ ref('int_invoices_counted') }}

),

deals as (

    select * from {{ ref('stg_deals') }}

),

-- Billing often knows the deal of a subscription only.
subscription_deals as (

    select
        subscription_id,
        min(deal_id) as deal_id

    from {{ ref('stg_subscriptions') }}

    group by subscription_id

),

services as (

    select * from {{ ref('int_deal_services_valued') }}

),

reporting as (

    select * from {{ ref('int_reporting_date') }}

),

-- Without the days of its service a line is taken to charge the day of its issue.
charged as (

    select
        deals.surviving_deal_id as deal_id,
        invoices.invoice_type,
        case when invoices.is_purchase then invoices.issued_date end as purchased_date,
        lines.line_amount,
        coalesce(lines.line_type, 'recurring') = 'recurring' as is_recurring,
        coalesce(lines.service_start_date, invoices.issued_date) as charged_from,
        cast({{ dbt.dateadd(
            'day',
            1,
            'coalesce(lines.service_end_date, lines.service_start_date, invoices.issued_date)'
        ) }} as date) as charged_before

    from lines

    inner join invoices
        on lines.invoice_id = invoices.invoice_id

    left join subscription_deals
        on invoices.subscription_id = subscription_deals.subscription_id

    inner join deals
        on coalesce(invoices.deal_id, subscription_deals.deal_id) = deals.deal_id

),

-- A prepayment for several years, or for the time after the report, counts by its days.
in_days as (

    select
        charged.*,
        services.deal_id is not null as has_service,
        {{ dbt.datediff('charged.charged_from', 'charged.charged_before', 'day') }}
            as charged_days,
        {{ dbt.datediff(
            'greatest(charged.charged_from, services.service_start_date)',
            'least(charged.charged_before, services.next_year_start_date)',
            'day'
        ) }} as year_days,
        {{ dbt.datediff(
            'greatest(charged.charged_from, services.service_start_date, '
                ~ day_after('reporting.reporting_date') ~ ')',
            'least(charged.charged_before, services.next_year_start_date)',
            'day'
        ) }} as days_to_come

    from charged

    cross join reporting

    left join services
        on charged.deal_id = services.deal_id

),

shares as (

    select
        deal_id,
        invoice_type,
        purchased_date,
        is_recurring,
        line_amount,
        case
            when not is_recurring then 0
            when charged_days <= 0 then 1
            when has_service then {{ divide('greatest(year_days, 0)', 'charged_days') }}
            else 1
        end as year_share,
        case
            when not is_recurring or charged_days <= 0 or not has_service then 0
            else {{ divide('greatest(days_to_come, 0)', 'charged_days') }}
        end as to_come_share

    from in_days

),

final as (

    select
        deal_id,
        min(purchased_date) as first_invoiced_date,
        cast(sum(line_amount) as decimal(18, 2)) as billed_in_all_amount,
        cast(sum(line_amount * year_share) as decimal(18, 2)) as billed_amount,
        cast(
            -1 * sum(
                case when invoice_type = 'credit_note' then line_amount * year_share else 0 end
            ) as decimal(18, 2)
        ) as credited_amount,
        cast(
            sum(case when invoice_type = 'invoice' then line_amount * to_come_share else 0 end)
            as decimal(18, 2)
        ) as billed_to_come_amount

    from shares

    group by deal_id

)

select * from final
