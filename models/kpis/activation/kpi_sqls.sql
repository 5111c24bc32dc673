{{ stage_entries_kpi('sqls', 'sql') }}
