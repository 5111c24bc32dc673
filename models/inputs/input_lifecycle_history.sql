{{ input_table('lifecycle_history') }}
