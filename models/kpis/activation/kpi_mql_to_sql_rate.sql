{{ conversion_rate_kpi('mql_to_sql_rate', 'mql', 'sql') }}
