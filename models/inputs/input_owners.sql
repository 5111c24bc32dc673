{{ input_table('owners') }}
