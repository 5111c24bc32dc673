with {{ accepted_inputs('payroll') }},

final as (

    select
        source_system,
        cast(input_row_id as bigint) as input_row_id,
        cast(payroll_month as date) as payroll_month,
        {{ entity_id('employee_id') }} as employee_id,
        {{ entity_id('owner_id') }} as owner_id,
        department,
        cast(gross_salary_amount as decimal(18, 2)) as gross_salary_amount,
        cast(employer_charges_amount as decimal(18, 2)) as employer_charges_amount,
        currency

    from accepted

)

select * from final
