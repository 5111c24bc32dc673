{{ stage_entries_kpi('leads', 'lead') }}
