{{ input_table('owners', overruled_by='owner_teams', key=['owner_id']) }}
