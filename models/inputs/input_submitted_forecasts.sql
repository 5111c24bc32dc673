{{ input_table('submitted_forecasts') }}
