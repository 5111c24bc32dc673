"""The table of all KPIs: the rows of every view, whole or not at all."""

import shutil

import duckdb
import pytest

CONTENT = (
    "select count(*), sum(hash(kpi, variant, period_grain, period_start, period_end, dimension, "
    "segment, numerator, denominator, value, is_provisional, null_reason))"
)


def test_the_table_has_the_rows_of_every_view(demo_build):
    """Compared by a hash of all rows, in any order: each view is computed once."""
    with duckdb.connect(str(demo_build.build_path), read_only=True) as con:
        # Reports are views, too.
        names = con.sql(
            "select 'kpi_' || kpi from kpis.kpi_catalog where status = 'available'"
        ).fetchall()
        assert len(names) > 60
        different = [
            view
            for (view,) in names
            if con.sql(f"{CONTENT} from kpis.{view}").fetchall()
            != con.sql(f"{CONTENT} from kpis.kpi_values where kpi = '{view[4:]}'").fetchall()
        ]
        assert different == []


@pytest.fixture(scope="module")
def warehouse(demo_build, tmp_path_factory):
    """A copy of the demo build, to break."""
    folder = tmp_path_factory.mktemp("kpi_values")
    (folder / "build").mkdir()
    shutil.copy(demo_build.build_path, folder / "build")
    return folder


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            "replace (case when segment = 'all' then error('no win') else value end as value)",
            "no win",
        ),
        ("replace (cast(value as double) as value)", "contract"),
    ],
)
def test_the_old_table_stays_whole_when_a_view_fails(change, message, warehouse, run_dbt):
    path = str(warehouse / "build" / "revops.duckdb")
    with duckdb.connect(path) as con:
        [[sql]] = con.execute(
            "select sql from duckdb_views() where view_name = 'kpi_win_rate'"
        ).fetchall()
        con.execute("create schema if not exists aside")
        con.execute(sql.replace("kpis.kpi_win_rate", "aside.kpi_win_rate", 1))
        con.execute(
            f"create or replace view kpis.kpi_win_rate as select * {change} from aside.kpi_win_rate"
        )
        before = con.sql("select kpi, count(*) from kpis.kpi_values group by kpi").fetchall()
    run = run_dbt(["run", "--select", "kpi_values"], folder=warehouse)
    assert run.returncode == 1
    assert message in run.output
    with duckdb.connect(path) as con:
        after = con.sql("select kpi, count(*) from kpis.kpi_values group by kpi").fetchall()
        assert sorted(after) == sorted(before)
        left = con.sql("select table_name from duckdb_tables() where table_name like '%dbt%'")
        assert left.fetchall() == []
        con.execute("drop view kpis.kpi_win_rate")
        con.execute(sql)
        con.execute("drop schema aside cascade")


@pytest.mark.parametrize(
    ("kpi", "reason", "found"),
    [
        ("burn_multiple", "no_burn", []),
        ("quick_ratio", "zero_denominator", []),
        ("customer_lifetime", "too_few", []),
        ("burn_multiple", "no_source", ["burn_multiple"]),
    ],
)
def test_a_company_without_such_a_figure_can_publish(kpi, reason, found, demo_build, warehouse):
    """One that burns nothing, or has lost nobody: only a source that is not read is a fault."""
    [claim] = [
        node["compiled_code"]
        for node in demo_build.manifest["nodes"].values()
        if node["name"] == "assert_kpi_inputs_agree_with_kpis"
    ]
    with duckdb.connect(str(warehouse / "build" / "revops.duckdb")) as con:
        con.execute("begin")
        con.execute(
            "update kpis.kpi_values set value = null, null_reason = ? where kpi = ?", [reason, kpi]
        )
        assert [name for name, _ in con.execute(claim).fetchall()] == found
        con.execute("rollback")
