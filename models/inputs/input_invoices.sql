{{ input_table('invoices') }}
