with {{ accepted_inputs(
    'payroll', spelled={'department': 'departments', 'currency': 'currency_rates'}
) }},

final as (

    select
        source_system,
        cast(input_row_id as bigint) as input_row_id,
        {{ as_day('payroll_month') }} as payroll_month,
        {{ entity_id('employee_id') }} as employee_id,
        {{ entity_id('owner_id') }} as owner_id,
        spelled_department as department,
        {{ as_number('gross_salary_amount', 'decimal(18, 2)') }} as gross_salary_amount,
        {{ as_number('employer_charges_amount', 'decimal(18, 2)') }} as employer_charges_amount,
        spelled_currency as currency

    from accepted

)

select * from final
