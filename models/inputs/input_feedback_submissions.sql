{{ input_table('feedback_submissions') }}
