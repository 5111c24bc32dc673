{{ conversion_rate_kpi('sql_to_opportunity_rate', 'sql', 'opportunity') }}
