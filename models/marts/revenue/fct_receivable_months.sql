{{ config(pre_hook="{{ add_custom_cuts('companies') }}") }}

with invoices as (

    select * from {{ ref('fct_invoices') }}

),

months as (

    select * from {{ ref('int_months') }}

),

-- The month of its issue has a row of each invoice, also where nothing of it was open at its end.
balances as (

    select
        months.month_start,
        months.balance_date,
        invoices.*,
        coalesce(invoices.settled_date > months.balance_date, true) as is_open

    from invoices

    inner join months
        on
            invoices.issued_date <= months.balance_date
            and (
                invoices.settled_date is null
                or invoices.settled_date > months.balance_date
                or invoices.issued_date >= months.month_start
            )

),

final as (

    select
        month_start,
        balance_date,
        invoice_id,
        customer_id,
        plan,
        industry,
        country,
        channel,
        campaign_name,
        owner_name,
        team,
        invoice_type,
        issued_date,
        due_date,
        is_open,
        is_open and coalesce(due_date < balance_date, false) and invoice_amount > 0 as is_overdue,
        cast(case when is_open then invoice_amount else 0 end as decimal(18, 2))
            as receivable_amount,
        cast(
            case when total_amount is null then null when is_open then total_amount else 0 end
            as decimal(18, 2)
        ) as receivable_total_amount
        {{- custom_cuts('companies', 'balances') }}

    from balances

)

select * from final
