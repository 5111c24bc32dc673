"""The inputs that are others than those of the published file."""

from publication import history


def model(dbt, session):
    """Return one row per source system and input table."""
    dbt.config(materialized="table")
    dbt.ref("fct_input_loads")
    dbt.ref("kpi_publications")
    return history.table(session, "input_changes", dbt.config.meta_get("kept_history_days"))
