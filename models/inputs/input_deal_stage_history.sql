{{ input_table('deal_stage_history') }}
