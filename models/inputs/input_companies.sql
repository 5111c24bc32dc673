{{ input_table('companies') }}
