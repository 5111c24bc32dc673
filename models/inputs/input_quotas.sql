{{ input_table('quotas') }}
