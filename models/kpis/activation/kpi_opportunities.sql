{{ stage_entries_kpi('opportunities', 'opportunity') }}
