{{ config(enabled=connector_is_active('demo')) }}

select
    payroll_month,
    employee_id,
    owner_id,
    department,
    gross_salary as gross_salary_amount,
    employer_charges as employer_charges_amount,
    currency

from {{ extract('demo', 'payroll') }}
