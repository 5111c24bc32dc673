{{ input_table('subscriptions') }}
