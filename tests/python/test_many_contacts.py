"""KPI views answer on many segments, too, whichever way a BI tool filters and reads them.

DuckDB 1.5 may wait for itself for ever where several queries share one CTE and a filter reaches
them: it did for the conversion rates, from some ten thousand rows on.
"""

import shutil
import subprocess
import sys

import duckdb
import pytest

ALIKE = 18
AGGREGATES = ("agg_contacts", "agg_visited_contacts", "agg_visitors", "agg_touches")
QUERY = """
import sys, duckdb
cursor = duckdb.connect(sys.argv[1], read_only=True).cursor()
cursor.execute(sys.argv[2])
while cursor.fetchmany(1000):
    pass
"""


@pytest.fixture(scope="module")
def large(demo_build, tmp_path_factory):
    """The demo's build with each segment of contacts and visitors 18 times."""
    # The views look for a database of the same name.
    path = tmp_path_factory.mktemp("large") / demo_build.build_path.name
    shutil.copy(demo_build.build_path, path)
    connection = duckdb.connect(str(path))
    for aggregate in AGGREGATES:
        connection.execute(
            f"""
            insert into aggregates.{aggregate}
            select rows.* replace (segment || '-' || copy as segment)
            from aggregates.{aggregate} as rows, range({ALIKE - 1}) as copies (copy)
            """
        )
    connection.close()
    return path


@pytest.mark.parametrize(
    "view", ["kpi_lead_to_customer_rate", "kpi_visitor_to_lead_rate", "kpi_values", "funnel"]
)
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
