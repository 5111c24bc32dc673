"""The alerts of the publications before this one."""

from publication import history


def model(dbt, session):
    """Return one row per alert."""
    dbt.config(materialized="table")
    dbt.ref("kpi_publications")
    return history.table(session, "earlier_alerts", dbt.config.meta_get("kept_history_days"))
