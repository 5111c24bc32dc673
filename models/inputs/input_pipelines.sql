{{ input_table('pipelines') }}
