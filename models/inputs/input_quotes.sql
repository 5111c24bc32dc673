{{ input_table('quotes') }}
