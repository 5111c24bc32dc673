{{ visitor_conversion_kpi('visitor_to_mql_rate', 'mql') }}
