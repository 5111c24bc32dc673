/*
Claim: all costs of a month are the staged entries of the ledger and, beside them, the staged spend
and pay of the months in which the ledger does not have them; nothing is there twice.
Why it could break: details that stand beside the entries that they detail, spend or pay that a join
loses or multiplies, pay of somebody who is no owner, a month of the wrong end of the ledger.
Not checked: categories, functions and departments; whether a source system without a ledger is
rightly taken for a part of the first one (the unit tests of int_cost_details_placed).
*/
with reporting as (

    select * from {{ ref('int_reporting_date') }}

),

amounts as (

    select
        'ledger' as origin,
        source_system,
        account_code,
        booked_on as cost_day,
        entry_amount as amount,
        currency

    from {{ ref('stg_expense_ledger') }}

    union all

    select
        'campaign_spend' as origin,
        source_system,
        null as account_code,
        spent_on as cost_day,
        spend_amount as amount,
        currency

    from {{ ref('stg_campaign_spend') }}

    union all

    select
        'payroll' as origin,
        source_system,
        null as account_code,
        cast({{ dbt.date_trunc('month', 'payroll_month') }} as date) as cost_day,
        gross_salary_amount + coalesce(employer_charges_amount, 0) as amount,
        currency

    from {{ ref('stg_payroll') }}

),

staged as (

    select
        amounts.origin,
        amounts.source_system,
        amounts.account_code,
        cast({{ dbt.date_trunc('month', 'amounts.cost_day') }} as date) as month_start,
        cast(amounts.amount * currency_rates.conversion_rate as decimal(18, 2)) as cost_amount

    from amounts

    cross join reporting

    inner join {{ ref('int_currency_rates') }} as currency_rates
        on amounts.currency = currency_rates.currency

    where amounts.cost_day <= reporting.reporting_date

),

ledger_systems as (

    select distinct source_system

    from staged

    where origin = 'ledger'

),

entries_of_details as (

    select
        staged.source_system,
        staged.month_start,
        accounts.detailed_by

    from staged

    inner join {{ ref('cost_accounts') }} as accounts
        on staged.account_code = accounts.account_code

    where accounts.detailed_by is not null

),

spans as (

    select
        detailed_by,
        source_system,
        min(month_start) as first_month,
        max(month_start) as last_month

    from entries_of_details

    group by
        detailed_by,
        source_system

),

-- A source without a ledger counts with the first source whose ledger has such accounts.
first_systems as (

    select
        detailed_by,
        min(source_system) as source_system

    from spans

    group by detailed_by

),

spans_of_others as (

    select
        spans.detailed_by,
        spans.first_month,
        spans.last_month

    from spans

    inner join first_systems
        on
            spans.detailed_by = first_systems.detailed_by
            and spans.source_system = first_systems.source_system

),

expected as (

    select
        staged.month_start,
        sum(
            case
                when staged.origin = 'ledger' then staged.cost_amount
                when
                    ledger_systems.source_system is not null
                    and staged.month_start between spans.first_month and spans.last_month
                    then 0
                when
                    ledger_systems.source_system is null
                    and staged.month_start
                    between spans_of_others.first_month and spans_of_others.last_month
                    then 0
                else staged.cost_amount
            end
        ) as cost_amount

    from staged

    left join ledger_systems
        on staged.source_system = ledger_systems.source_system

    left join spans
        on
            staged.origin = spans.detailed_by
            and staged.source_system = spans.source_system

    left join spans_of_others
        on staged.origin = spans_of_others.detailed_by

    group by staged.month_start

),

shown as (

    select
        cast({{ dbt.date_trunc('month', 'cost_date') }} as date) as month_start,
        sum(cost_amount) as cost_amount

    from {{ ref('fct_costs') }}

    group by cast({{ dbt.date_trunc('month', 'cost_date') }} as date)

)

select
    coalesce(expected.month_start, shown.month_start) as month_start,
    expected.cost_amount as expected_amount,
    shown.cost_amount as found_amount

from expected

full outer join shown
    on expected.month_start = shown.month_start

where coalesce(expected.cost_amount, 0) != coalesce(shown.cost_amount, 0)
