{{ input_table('plans') }}
