{{ input_table('lifecycle_history', words={'lifecycle_stage': 'lifecycle_words'}) }}
