{{ stage_entries_kpi('mqls', 'mql') }}
