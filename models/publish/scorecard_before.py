"""The scorecard of the published file: what people have been told."""

from publication import history


def model(dbt, session):
    """Return one row per KPI and period grain."""
    dbt.config(materialized="table")
    dbt.ref("kpi_publications")
    return history.table(session, "scorecard_before", dbt.config.meta_get("kept_history_days"))
