{{ input_table('expense_ledger') }}
