{{ input_table('deal_property_history') }}
