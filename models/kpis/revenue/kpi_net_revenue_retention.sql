{{ revenue_retention_kpi('net_revenue_retention') }}
