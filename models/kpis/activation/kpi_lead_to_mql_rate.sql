{{ conversion_rate_kpi('lead_to_mql_rate', 'lead', 'mql') }}
