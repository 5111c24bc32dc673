"""The headers of the raw extracts that are there: where each is read, and which columns it has."""

from expectations.extract_headers import find_headers


def model(dbt, session):
    """Return one row per column of an extract that is there."""
    dbt.config(materialized="table")
    declared = dbt.ref("extracts").df()
    return find_headers(session, declared)
