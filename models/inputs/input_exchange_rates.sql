{{ input_table('exchange_rates') }}
