"""The last node: writes marts and kpis into a new file and swaps it in for the published one.

Readers keep the file that they have open; whoever connects next sees the new one; nobody meets a
lock. Anything that fails upstream skips this node, and the last good file stays.
"""

import os
from pathlib import Path

import publication
from publication import content, log


def model(dbt, session):
    """Publish, and return what the log is to say of it."""
    dbt.config(materialized="incremental", on_schema_change="append_new_columns")
    dbt.ref("kpi_values")
    dbt.ref("areas_to_improve")
    dbt.ref("kpi_catalog")
    dbt.ref("kpi_cuts")
    dbt.ref("by_month")
    dbt.ref("by_quarter")
    dbt.ref("dim_segments")
    dbt.ref("dim_company_links")
    dbt.ref("kpi_default")
    dbt.ref("publication")
    dbt.ref("kpi_rows_of")
    dbt.ref("kpi_trust")
    dbt.ref("kpi_targets")
    dbt.ref("kpi_tolerances")
    dbt.ref("alerts")
    dbt.ref("kpi_history")
    dbt.ref("kpi_restatements")
    dbt.ref("kpi_values_as_published")
    dbt.ref("funnel")
    dbt.ref("unit_economics")
    dbt.ref("customers_ranked")
    dbt.ref("campaign_results")
    dbt.ref("records_to_fix")
    dbt.ref("records_to_fix_trend")
    dbt.ref("pipeline_review")
    dbt.ref("forecast_categories")
    dbt.ref("renewals")
    dbt.ref("renewal_risk_reasons")
    dbt.ref("sales_forecast")
    dbt.ref("forecast_review")
    dbt.ref("dim_campaigns")
    dbt.ref("dim_companies")
    dbt.ref("dim_contacts")
    dbt.ref("dim_owners")
    dbt.ref("dim_pipeline_stages")
    dbt.ref("fct_activities")
    dbt.ref("fct_deal_stage_entries")
    dbt.ref("fct_excluded_deals")
    dbt.ref("fct_input_loads")
    dbt.ref("fct_input_load_months")
    dbt.ref("fct_won_to_billed")
    rows = publication.attempt(
        session,
        Path(os.environ.get("REVOPS_PUBLISHED_PATH", "published/revops.duckdb")),
        content.relations(dbt.ref("published_relations").fetchall()),
        dbt.config.meta_get("kept_generations"),
        dbt.config.meta_get("kept_history_days"),
    )
    return log.as_relation(session, rows)
