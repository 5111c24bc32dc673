/*
Claim: the invoiced revenue of a month is the sum of the staged invoices of the month, credit notes
deducted, drafts and void ones left out; and the lines of an invoice add up to it.
Why it could break: an invoice whose lines are missing or do not add up, a join that multiplies
lines, a credit note that its source gives a minus, a currency without a rate, an invoice without a
company.
Not checked: plans and customers of the lines.
*/
with invoices as (

    select * from {{ ref('stg_invoices') }}

),

currency_rates as (

    select * from {{ ref('currency_rates') }}

),

reporting as (

    select distinct reporting_date from {{ ref('dim_periods') }}

),

reporting_rate as (

    select euros_per_unit from currency_rates where currency = '{{ var("reporting_currency") }}'

),

staged as (

    select
        cast({{ dbt.date_trunc('month', 'invoices.issued_on') }} as date) as month_start,
        sum(
            cast(
                case
                    when invoices.invoice_type = 'credit_note'
                        then -1 * abs(invoices.amount_excl_tax)
                    else invoices.amount_excl_tax
                end
                * currency_rates.euros_per_unit
                / reporting_rate.euros_per_unit as decimal(18, 2)
            )
        ) as revenue_amount

    from invoices

    cross join reporting

    cross join reporting_rate

    inner join currency_rates
        on invoices.currency = currency_rates.currency

    where
        invoices.invoice_status in ('open', 'paid', 'uncollectible')
        and invoices.issued_on <= reporting.reporting_date

    group by cast({{ dbt.date_trunc('month', 'invoices.issued_on') }} as date)

),

shown as (

    select
        period_start as month_start,
        coalesce(numerator, 0) as revenue_amount

    from {{ ref('kpi_revenue') }}

    where
        variant = 'invoiced'
        and period_grain = 'month'
        and dimension = 'all'

),

lines as (

    select
        invoice_id,
        sum(line_amount) as line_total

    from {{ ref('fct_invoice_lines') }}

    group by invoice_id

)

select
    cast(coalesce(staged.month_start, shown.month_start) as {{ dbt.type_string() }}) as place,
    coalesce(staged.revenue_amount, 0) as expected_amount,
    coalesce(shown.revenue_amount, 0) as found_amount

from staged

full outer join shown
    on staged.month_start = shown.month_start

where coalesce(staged.revenue_amount, 0) != coalesce(shown.revenue_amount, 0)

union all

select
    invoices.invoice_id as place,
    invoices.invoice_amount as expected_amount,
    coalesce(lines.line_total, 0) as found_amount

from {{ ref('fct_invoices') }} as invoices

left join lines
    on invoices.invoice_id = lines.invoice_id

where invoices.invoice_amount != coalesce(lines.line_total, 0)
