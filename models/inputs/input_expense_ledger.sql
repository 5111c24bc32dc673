{{ input_table('expense_ledger', overruled_by='ledger_departments', key=['account_code']) }}
