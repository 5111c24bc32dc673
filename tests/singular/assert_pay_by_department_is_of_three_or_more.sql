{{ config(severity='warn', enabled=not var('pay_by_rep')) }}
/*
Claim: where pay is published by department only (pay_by_rep: false), each department pays three
people or more in every month, so that no sum is a person's salary, or two people's.
Why it could break: a small company; the published costs of such a department show its salary.
Not checked: the pay that the change of a sum shows when somebody comes or leaves; salaries that
only the ledger has, because it does not count people.
*/
with paid as (

    select
        coalesce(department, '(none)') as department,
        cast({{ dbt.date_trunc('month', 'payroll_month') }} as date) as month_start,
        count(distinct employee_id) as employee_count

    from {{ ref('stg_payroll') }}

    group by
        coalesce(department, '(none)'),
        cast({{ dbt.date_trunc('month', 'payroll_month') }} as date)

)

select
    department,
    min(employee_count) as employee_count,
    count(*) as month_count,
    min(month_start) as first_month,
    max(month_start) as last_month

from paid

where employee_count < 3

group by department
