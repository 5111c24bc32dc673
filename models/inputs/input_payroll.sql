{{ input_table('payroll') }}
