{{ input_table(
    'pipelines', overruled_by='deal_stages', key=['pipeline_id', 'stage_id'], adds_rows=true
) }}
