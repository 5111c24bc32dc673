{#-
    A table: every test of the KPIs reads it, and the views together cost seconds. It stays a plain
    union, because DuckDB runs each of its selects alone (macros/engine/united_table.sql).
-#}
{{ config(
    materialized='united_table' if target.type == 'duckdb' else 'table',
    meta={'has_given_cuts': false},
) }}
{#- Every KPI view: scripts/list_kpis.py writes the list, and a test holds it. -#}
{%- set kpis = [
    'web_sessions', 'web_users', 'page_views', 'pages_per_session', 'average_session_duration',
    'bounce_rate', 'leads', 'marketing_spend', 'cost_per_lead', 'visitor_to_lead_rate',
    'visitor_to_mql_rate', 'marketing_roi', 'speed_to_lead', 'mqls', 'sqls', 'opportunities',
    'new_customers', 'lead_to_mql_rate', 'mql_to_sql_rate', 'sql_to_opportunity_rate',
    'opportunity_to_customer_rate', 'lead_to_customer_rate', 'visitor_to_customer_rate',
    'sql_to_quote_rate', 'quoted_to_won_rate', 'lead_to_close', 'cost_per_mql', 'cost_per_sql',
    'cost_per_opportunity', 'lead_score_by_stage', 'trial_conversion_rate',
    'customer_acquisition_cost', 'bookings', 'win_rate', 'average_deal_size', 'loss_reasons',
    'stage_conversion_rate', 'time_in_stage', 'sales_cycle_length', 'sales_velocity', 'rep_yield',
    'pipeline_created', 'open_pipeline', 'pipeline_coverage', 'quota_attainment',
    'ramped_rep_yield', 'pipeline_movements', 'slippage_rate', 'sales_forecast',
    'forecast_accuracy', 'revenue', 'deferred_revenue', 'sales_growth_rate', 'mrr', 'arr',
    'contracted_arr', 'remaining_performance_obligation', 'mrr_growth_rate', 'mrr_movements',
    'net_new_mrr', 'net_revenue_retention', 'gross_revenue_retention', 'expansion_rate',
    'revenue_churn_rate', 'quick_ratio', 'arpa', 'arpu', 'average_order_value',
    'purchase_frequency', 'time_to_first_invoice', 'cash_collected', 'overdue_receivables',
    'days_sales_outstanding', 'operating_expenses', 'operating_result', 'magic_number', 'cac_ratio',
    'burn_multiple', 'rule_of_40', 'active_customers', 'customer_concentration',
    'customer_churn_rate', 'involuntary_churn_rate', 'customer_retention_rate', 'cohort_retention',
    'customer_lifetime', 'customer_lifetime_value', 'ltv_cac_ratio', 'net_customer_value',
    'cac_payback_months', 'repeat_purchase_rate', 'net_promoter_score', 'referral_leads',
] -%}
{%- for kpi in kpis %}
select * from {{ ref('kpi_' ~ kpi) }}
{% if not loop.last %}
union all
{% endif -%}
{%- endfor %}
