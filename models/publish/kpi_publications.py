"""The publications that the history of the figures knows, the one under way as the last of them."""

from publication import history


def model(dbt, session):
    """Return one row per publication."""
    dbt.config(materialized="table")
    dbt.ref("dim_periods")
    dbt.ref("kpi_catalog")
    dbt.ref("kpi_values")
    return history.table(session, "kpi_publications", dbt.config.meta_get("kept_history_days"))
