{{ input_table('contact_companies') }}
