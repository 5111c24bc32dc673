{{ input_table('deal_contacts') }}
