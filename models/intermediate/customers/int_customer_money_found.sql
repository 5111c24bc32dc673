with customers as (

    select * from {{ ref('int_customers_dated') }}

),

balances as (

    select * from {{ ref('int_customer_balances_summed') }}

),

invoices as (

    select * from {{ ref('int_invoices_counted') }}

),

reporting as (

    select
        cast({{ dbt.date_trunc('month', 'reporting_date') }} as date) as month_start,
        cast({{ dbt.dateadd('month', -12, 'reporting_date') }} as date) as year_before_date

    from {{ ref('int_reporting_date') }}

),

present_balances as (

    select
        balances.customer_id,
        balances.mrr_amount

    from balances

    inner join reporting
        on balances.month_start = reporting.month_start

),

invoiced as (

    select
        invoices.customer_id,
        sum(invoices.invoice_amount) as invoiced_amount

    from invoices

    cross join reporting

    where invoices.issued_date > reporting.year_before_date

    group by invoices.customer_id

),

-- Who has neither pays nothing now, which is known.
final as (

    select
        customers.customer_id,
        coalesce(
            cast(12 * present_balances.mrr_amount as decimal(28, 8)),
            cast(invoiced.invoiced_amount as decimal(28, 8)),
            0
        ) as money_amount

    from customers

    left join present_balances
        on customers.customer_id = present_balances.customer_id

    left join invoiced
        on customers.customer_id = invoiced.customer_id

)

select * from final
