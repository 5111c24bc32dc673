"""The first gate: can every raw extract be read, and does it have the columns it must have?"""

from expectations.extracts import check_extracts


def model(dbt, session):
    """Return one row per expectation on the files of the active connectors."""
    dbt.config(materialized="table")
    declared = dbt.ref("extracts").df()
    return check_extracts(session, declared)
