{{ input_table('trade_show_visits') }}
