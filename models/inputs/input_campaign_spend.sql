{{ input_table('campaign_spend', named={'campaign_id': 'campaign_name'}) }}
