{{ input_table('campaign_spend') }}
