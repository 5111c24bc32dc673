{{ input_table('activities') }}
