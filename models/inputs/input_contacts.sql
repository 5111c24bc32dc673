{{ input_table('contacts', words={'lifecycle_stage': 'lifecycle_words'}) }}
