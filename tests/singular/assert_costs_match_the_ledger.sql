/*
Claim: in each month, the costs that are in the ledger add up to the staged entries of the ledger,
to the cent.
Why it could break: an entry that a join loses or multiplies, details that replace no entry, a
difference that is missing, in another month or of the wrong sign, a cost after the report.
Not checked: categories, functions and departments; costs beside the ledger
(assert_no_cost_is_counted_twice).
*/
with entries as (

    select * from {{ ref('stg_expense_ledger') }}

),

currency_rates as (

    select * from {{ ref('int_currency_rates') }}

),

reporting as (

    select * from {{ ref('int_reporting_date') }}

),

staged as (

    select
        cast({{ dbt.date_trunc('month', 'entries.booked_on') }} as date) as month_start,
        sum(cast(entries.entry_amount * currency_rates.conversion_rate as decimal(18, 2)))
            as cost_amount

    from entries

    cross join reporting

    inner join currency_rates
        on entries.currency = currency_rates.currency

    where entries.booked_on <= reporting.reporting_date

    group by cast({{ dbt.date_trunc('month', 'entries.booked_on') }} as date)

),

shown as (

    select
        cast({{ dbt.date_trunc('month', 'cost_date') }} as date) as month_start,
        sum(cost_amount) as cost_amount

    from {{ ref('fct_costs') }}

    where is_in_ledger

    group by cast({{ dbt.date_trunc('month', 'cost_date') }} as date)

)

select
    coalesce(staged.month_start, shown.month_start) as month_start,
    staged.cost_amount as expected_amount,
    shown.cost_amount as found_amount

from staged

full outer join shown
    on staged.month_start = shown.month_start

where coalesce(staged.cost_amount, 0) != coalesce(shown.cost_amount, 0)
