"""Since when the figures of each cut of each KPI can be followed."""

from publication import history


def model(dbt, session):
    """Return one row per KPI, variant and dimension."""
    dbt.config(materialized="table")
    dbt.ref("kpi_publications")
    dbt.ref("kpi_values")
    return history.table(session, "kpi_published_cuts", dbt.config.meta_get("kept_history_days"))
