"""Since when each finding of a record is there."""

from publication import history


def model(dbt, session):
    """Return one row per finding of a record."""
    dbt.config(materialized="table")
    dbt.ref("fct_record_findings")
    dbt.ref("kpi_publications")
    return history.table(session, "findings_first_seen", dbt.config.meta_get("kept_history_days"))
