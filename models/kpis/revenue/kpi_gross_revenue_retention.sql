{{ revenue_retention_kpi('gross_revenue_retention', is_capped=true) }}
