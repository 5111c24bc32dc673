{{ input_table('invoice_lines') }}
