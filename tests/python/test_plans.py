"""No query of the project compares every row with every other one: its time grows with its rows.

Plans are only asked for, nothing is run. DuckDB joins by an equality if every condition compares
one table with the other. An `or`, as in `left_date is null or balance_date < left_date`, or a
condition on one side of a left join alone turns the whole join into a loop over all pairs.
"""

import json

import duckdb
import pytest

LOOPS = {
    "BLOCKWISE_NL_JOIN",
    "CROSS_PRODUCT",
    "IE_JOIN",
    "NESTED_LOOP_JOIN",
    "PIECEWISE_MERGE_JOIN",
}
# Days, months and periods, one row each: they do not grow with the data. Nor do the seeds, the
# loads of input tables, publications and what is listed in a query, and a sum over a whole table is
# one row, also where it is a table of its own.
CALENDAR = {
    *("annotations", "kpi_tolerances", "kpi_variants", "fct_input_loads", "kpi_publications"),
    *("int_forecast_months", "int_forecast_origins"),
    *("dim_period_months", "dim_period_pieces", "dim_periods"),
    *("int_fiscal_months", "int_months", "int_period_months", "int_period_weeks"),
    *("int_pieces", "int_reporting_date", "int_weeks"),
    "int_failed_payments_told",
}
REFERENCE = "reference"
# Query -> why its loop is small nevertheless.
SMALL = {
    "agg_sales_forecasts": "a row for each month start, period, method and team",
    "assert_pipeline_movements_balance": "a row for each period and owner, with two scopes",
}


@pytest.fixture(scope="module")
def warehouse(demo_build):
    with duckdb.connect(str(demo_build.build_path), read_only=True) as connection:
        # The demo's smallest tables would be looped over however they are joined.
        connection.execute("set nested_loop_join_threshold = 0")
        connection.execute("set merge_join_threshold = 0")
        yield connection


@pytest.fixture(scope="module")
def queries(demo_build):
    """Name -> SQL of every model and data test, as dbt has run it."""
    queries = {
        node["name"]: node["compiled_code"]
        for node in demo_build.manifest["nodes"].values()
        if node["resource_type"] in ("model", "test")
        and node.get("compiled_code")
        and node["language"] == "sql"
    }
    assert len(queries) > 300
    return queries


class Plan:
    """The loops of a query over two sides that both grow, as readable lines in `loops`."""

    def __init__(self, connection, sql):
        self.ctes = {}
        self.loops = []
        [[_, plan]] = connection.execute(f"explain (format json) {sql}").fetchall()
        for root in json.loads(plan):
            self.growing_tables(root)

    def growing_tables(self, node):
        """Return the tables under a node that have more rows when there is more data."""
        name, about = node["name"].strip(), node["extra_info"]
        sides = []
        for child in node.get("children", []):
            sides.append(self.growing_tables(child))
            if name == "CTE":
                # The definition comes first, then what reads it.
                self.ctes.setdefault(about["Table Index"], sides[0])
        if name in LOOPS and all(sides):
            condition = about.get("Condition") or about.get("Conditions") or "no condition"
            tables = " with ".join("+".join(sorted(side)) for side in sides)
            self.loops.append(f"{name} of {tables} on {condition}")
        if name in ("UNGROUPED_AGGREGATE", "EMPTY_RESULT", "DUMMY_SCAN", "COLUMN_DATA_SCAN"):
            return set()
        if name == "CTE":
            return sides[1]
        if name == "CTE_SCAN":
            return self.ctes[about["CTE Index"]]
        if "Table" in about:
            _, schema, table = about["Table"].split(".")
            return set() if table in CALENDAR or schema == REFERENCE else {table}
        # A source that is not known here is taken to grow.
        return set().union(*sides) if sides else {name}


def test_no_query_compares_every_row_with_every_other(warehouse, queries):
    found = {name: Plan(warehouse, sql).loops for name, sql in queries.items() if name not in SMALL}
    lines = [f"{name}: {line}" for name, joins in found.items() for line in joins]
    assert not lines, (
        "these joins take time by the square of their rows. Put a far date for an open end, "
        "and look at one side alone in the select:\n" + "\n".join(lines)
    )


def test_what_is_allowed_to_loop_still_does(warehouse, queries):
    assert [name for name in SMALL if not Plan(warehouse, queries[name]).loops] == []


@pytest.mark.parametrize(
    ("join", "is_a_loop"),
    [
        ("left join b on a.id = b.id and (b.until is null or a.day < b.until)", True),
        ("left join b on a.id = b.id and a.day < b.until", False),
        ("left join b on a.id = b.id and a.day > date '2024-01-01'", True),
        ("cross join b", True),
        ("inner join b on a.day < b.until", True),
        ("inner join int_months as m on a.day < m.day", False),
        ("cross join (select max(until) from b)", False),
        ("cross join (values (1), (2)) as two (number)", False),
    ],
)
def test_the_loops_are_told_from_other_joins(join, is_a_loop):
    with duckdb.connect() as con:
        con.execute(
            "create table a as select i as id, date '2024-01-01' + i::int as day from range(9) r(i)"
        )
        con.execute("create table b as select id, day as until from a")
        con.execute("create table int_months as select day from a")
        assert bool(Plan(con, f"select * from a {join}").loops) is is_a_loop
