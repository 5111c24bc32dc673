"""The figures of whole periods that were others at the publication before."""

from publication import history


def model(dbt, session):
    """Return one row per figure and publication at which it changed."""
    dbt.config(materialized="table")
    dbt.ref("kpi_publications")
    dbt.ref("kpi_published_cuts")
    dbt.ref("kpi_values")
    return history.table(session, "kpi_published_changes", dbt.config.meta_get("kept_history_days"))
