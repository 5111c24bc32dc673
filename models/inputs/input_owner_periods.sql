{{ input_table('owner_periods') }}
