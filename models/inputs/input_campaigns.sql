{{ input_table('campaigns') }}
