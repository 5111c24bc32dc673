{{ input_table('web_sessions') }}
