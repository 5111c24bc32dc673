"""KPI views answer on many contacts, too, whichever way a BI tool filters them.

DuckDB 1.5 may wait for itself for ever where several queries share one CTE and a filter reaches
them: it did for the conversion rates, from some ten thousand contacts on.
"""

import shutil
import subprocess
import sys

import duckdb
import pytest

ALIKE = 18
QUERY = """
import sys, duckdb
connection = duckdb.connect(sys.argv[1], read_only=True)
connection.execute(sys.argv[2]).fetchall()
"""


@pytest.fixture(scope="module")
def large(demo_build, tmp_path_factory):
    """The demo's build with each contact 18 times: 50,000."""
    # The views look for a database of the same name.
    path = tmp_path_factory.mktemp("large") / demo_build.build_path.name
    shutil.copy(demo_build.build_path, path)
    connection = duckdb.connect(str(path))
    connection.execute(
        f"""
        insert into marts.fct_contact_funnel
        select funnel.* replace (contact_id || '-' || copy as contact_id)
        from marts.fct_contact_funnel as funnel, range({ALIKE - 1}) as copies (copy)
        """
    )
    connection.close()
    return path


@pytest.mark.parametrize("view", ["kpi_lead_to_customer_rate", "kpi_values", "funnel"])
@pytest.mark.parametrize(
    "condition",
    [
        "period_grain in ('month', 'quarter')",
        "period_grain in ('month', 'quarter', 'year') and dimension in ('all', 'channel', 'team')",
    ],
)
def test_a_view_answers(large, view, condition):
    query = f"select * from kpis.{view} where {condition}"
    subprocess.run([sys.executable, "-c", QUERY, str(large), query], check=True, timeout=60)
