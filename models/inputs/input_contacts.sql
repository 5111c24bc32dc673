{{ input_table('contacts') }}
