"""The findings of each owner, as each publication had them."""

from publication import history


def model(dbt, session):
    """Return one row per publication, owner and finding."""
    dbt.config(materialized="table")
    dbt.ref("fct_record_findings")
    dbt.ref("kpi_publications")
    return history.table(
        session, "findings_by_publication", dbt.config.meta_get("kept_history_days")
    )
