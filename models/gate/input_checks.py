"""The second gate: runs the Great Expectations suites over the inputs."""

from expectations.gate import check_inputs


def model(dbt, session):
    """Return one row per expectation: where, what, how severe, how many rows broke it, which."""
    dbt.config(materialized="table")
    # It reads these by name, and all input tables, for which `input_months` waits.
    dbt.ref("channels")
    dbt.ref("cost_accounts")
    dbt.ref("currency_rates")
    dbt.ref("departments")
    dbt.ref("lifecycle_stages")
    return check_inputs(session, dbt.ref("expected_loads").df(), dbt.ref("input_months").df())
