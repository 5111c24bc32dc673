{{ input_table('deals') }}
