with entries as (

    select * from {{ ref('stg_expense_ledger') }}

),

accounts as (

    select * from {{ ref('cost_accounts') }}

),

departments as (

    select * from {{ ref('departments') }}

),

currency_rates as (

    select * from {{ ref('int_currency_rates') }}

),

reporting as (

    select * from {{ ref('int_reporting_date') }}

),

final as (

    select
        entries.entry_id,
        entries.source_system,
        entries.booked_on as cost_date,
        cast({{ dbt.date_trunc('month', 'entries.booked_on') }} as date) as month_start,
        entries.account_code,
        accounts.cost_category,
        entries.department,
        coalesce(accounts.cost_function, departments.cost_function, 'general') as cost_function,
        coalesce(accounts.is_media, false) as is_media,
        accounts.detailed_by,
        coalesce(accounts.cost_category = 'salaries' or accounts.detailed_by = 'payroll', false)
            as is_pay,
        entries.campaign_id,
        entries.owner_id,
        {{ in_reporting_currency('entries.entry_amount', 'currency_rates') }} as cost_amount

    from entries

    cross join reporting

    left join accounts
        on entries.account_code = accounts.account_code

    left join departments
        on entries.department = departments.department

    left join currency_rates
        on entries.currency = currency_rates.currency

    where entries.booked_on <= reporting.reporting_date

)

select * from final
