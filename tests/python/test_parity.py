"""Faults that `engines.parity` must find between two sides of a table, each sown by hand."""

import json

import duckdb
import pytest

from engines import parity
from engines.handover import Table

ROWS = """
    select * from (values
        (1, 'a', cast('2024-01-31' as date), cast(10.00 as decimal(18, 2)),
            cast(0.33333333 as decimal(28, 8)), true, 'x'),
        (2, 'b', cast('2024-02-29' as date), cast(0.00 as decimal(18, 2)),
            cast(null as decimal(28, 8)), null, 'y'),
        (3, 'b', null, cast(null as decimal(18, 2)), cast(12.5 as decimal(28, 8)), false, 'z'),
        (4, 'd', null, cast(null as decimal(18, 2)), cast(51234.5 as decimal(28, 8)), true, 'z')
    ) as rows (id, name, day, amount, rate, is_won, content_hash)
"""


@pytest.fixture
def compared(tmp_path):
    """A function: the comparison of the rows with what a query makes of them on the other side."""
    with duckdb.connect(str(tmp_path / "here.duckdb")) as con:
        con.execute(f"create schema marts; create table marts.fct_deals as {ROWS}")

    def compare(there):
        def read(_con, _table, columns):
            if there is None:
                raise parity.MissingTableError
            return f"select {', '.join(columns)} from ({there.format(rows=ROWS)})"

        with duckdb.connect(str(tmp_path / "here.duckdb"), read_only=True) as con:
            return parity.compare(con, Table("marts", "fct_deals"), read)

    return compare


def test_the_same_rows_in_another_order_are_the_same(compared):
    said = compared("select * from ({rows}) order by id desc")
    assert (said.rows, said.rounded_rows, said.faults) == (4, 0, [])


def test_hashes_are_left_out(compared):
    assert not compared("select * replace ('other' as content_hash) from ({rows})").faults


def test_the_last_decimal_of_a_rate_may_differ(compared):
    said = compared("select * replace (rate + 0.00000001 as rate) from ({rows})")
    assert (said.rounded_rows, said.faults) == (3, [])


@pytest.mark.parametrize(("gap", "count"), [("0.00000010", 0), ("0.00000011", 1)])
def test_a_part_that_balances_others_may_differ_by_ten_last_digits(tmp_path, gap, count):
    rows = "select 'a' as segment, cast(0.5{} as decimal(28, 8)) as change_part"
    with duckdb.connect(str(tmp_path / "drivers.duckdb")) as con:
        con.execute(f"create schema kpis; create table kpis.drivers as {rows.format('')}")
        said = parity.compare(con, Table("kpis", "drivers"), lambda *_: rows.format(f" + {gap}"))
    assert len(said.faults) == count


@pytest.mark.parametrize(("gap", "count"), [("0.00000050", 0), ("0.00000052", 1)])
def test_the_twelfth_digit_of_a_large_number_may_differ(compared, gap, count):
    """The fourth row is 51,234.5, and a 100 billionth of it 0.00000051."""
    rate = f"case when id = 4 then rate + {gap} else rate end"
    said = compared(f"select * replace (cast({rate} as decimal(28, 8)) as rate) from ({{rows}})")
    assert len(said.faults) == count


@pytest.mark.parametrize(
    ("there", "faults"),
    [
        (None, ["is not there"]),
        (
            "select * replace (rate + 0.00000002 as rate) from ({rows})",
            ["rate differs in 2 rows, by 2e-08 at most"],
        ),
        (
            "select * replace (cast(amount + 0.01 as decimal(18, 2)) as amount) from ({rows})",
            ["amount differs in 2 rows, by 0.01 at most"],
        ),
        (
            "select * replace (coalesce(rate, 0) as rate) from ({rows})",
            [
                "1 rows only here and 1 only there;"
                " rate alone parts 1 of them: None and '0.00000000'"
            ],
        ),
        (
            "select * replace (case when id = 2 then 'c' else name end as name) from ({rows})",
            ["1 rows only here and 1 only there; name alone parts 1 of them: 'b' and 'c'"],
        ),
        (
            "select * replace (coalesce(is_won, false) as is_won) from ({rows})",
            ["1 rows only here and 1 only there; is_won alone parts 1 of them: None and 'false'"],
        ),
        (
            "select * from ({rows}) where id != 3",
            ["4 rows here and 3 there", "1 rows only here and 0 only there"],
        ),
        (
            "from ({rows}) union all from ({rows}) where id = 1",
            ["4 rows here and 5 there", "0 rows only here and 1 only there"],
        ),
    ],
)
def test_a_difference_is_found_and_named(compared, there, faults):
    assert compared(there).faults == faults


def test_the_report_counts_what_differs(compared, capsys):
    same = compared("from ({rows})")
    other = compared(None)
    assert parity.report([same, other]) == 1
    assert capsys.readouterr().out == (
        "DIFFERS marts.fct_deals: is not there\n"
        "1 of 2 tables are the same (2 of marts), 4 rows;"
        " 0 rows differ in the last decimal alone.\n"
    )


def test_what_needs_a_publication_is_not_expected_there(tmp_path):
    def node(path, schema, name):
        return {"resource_type": "model", "path": path, "schema": schema, "alias": name}

    nodes = {
        "deals": node("marts/sales/fct_deals.sql", "marts", "fct_deals"),
        "earlier": node("publish/earlier_alerts.py", "quality", "earlier_alerts"),
        "alerts": node("reports/alerts.sql", "kpis", "alerts"),
        "words": node("reports/alert_words.sql", "kpis", "alert_words"),
        "staged": node("staging/stg_deals.sql", "staging", "stg_deals"),
    }
    child_map = {"earlier": ["alerts", "a test"], "alerts": ["words"], "staged": ["deals"]}
    manifest = tmp_path / "manifest.json"
    manifest.write_text(json.dumps({"nodes": nodes, "child_map": child_map}))
    assert parity.tables_built_there(manifest) == [Table("marts", "fct_deals")]
