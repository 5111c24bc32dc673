"""Every input is left out once, and some are there alone: what is not known is null, and published.

`kpi_inputs` says what each KPI needs. Without one of these tables it has no value anywhere; without
any other table it has values, and those of the total are the same, but for the tables that make a
figure finer.
"""

import csv

import duckdb
import gates
import pandas as pd
import pytest
from builds import BUILD, once
from conftest import ROOT, dbt
from left_out import Warehouse

from expectations import gate, loads
from expectations.rules import Calendar

# The companies that have one tool only, and the tables that it fills.
ALONE = {
    "a CRM of deals": {"deals", "pipelines"},
    "invoices": {"invoices"},
    "subscriptions": {"subscriptions"},
    "a website": {"web_sessions"},
    "a survey": {"feedback_submissions"},
    "books": {"expense_ledger"},
}

# What these tell changes figures that are known without them: when something happened, who is who,
# at which rate, through which touch. All others name and cut.
MAKE_FINER = {
    "activities",
    "companies",
    "contacts",
    "deal_contacts",
    "deal_property_history",
    "deal_stage_history",
    "exchange_rates",
    "lifecycle_history",
    "plans",
    "trade_show_visits",
    "web_sessions",
}


def needed_by_kpi():
    """Return {(kpi, variant): [the input tables of which one is needed, ...]}."""
    with (ROOT / "seeds/reference/kpi_inputs.csv").open(newline="", encoding="utf-8") as file:
        return {
            (row["kpi"], row["variant"]): [
                set(alternatives.split(" or ")) for alternatives in row["inputs"].split("|")
            ]
            for row in csv.DictReader(file)
        }


NEEDED = needed_by_kpi()
TABLES = sorted(path.stem.removeprefix("input_") for path in (ROOT / "models/inputs").glob("*.sql"))
STATES = {f"without_{table}": set(TABLES) - {table} for table in TABLES} | {
    f"only_{name.replace(' ', '_')}": tables for name, tables in ALONE.items()
}


def is_known(kpi_and_variant, supplied):
    """Return whether the tables `supplied` hold all that a KPI needs."""
    return all(alternatives & supplied for alternatives in NEEDED[kpi_and_variant])


@pytest.fixture(scope="module")
def warehouse(demo_build):
    return Warehouse(demo_build)


@pytest.fixture(scope="module")
def figures(warehouse):
    """The figures of the whole demo."""
    return warehouse.figures()


@pytest.mark.parametrize("state", STATES)
def test_what_is_not_known_is_null_and_what_is_known_is_published(warehouse, figures, state):
    supplied = STATES[state]
    with warehouse.without(set(TABLES) - supplied) as differing:
        broken = warehouse.broken_tests(differing)
        found = warehouse.figures()
    assert broken == {}, "the build would not publish"
    assert set(found) == set(NEEDED)
    expected = {key for key in NEEDED if is_known(key, supplied)}
    shown = {key for key, (count, _) in found.items() if count}
    assert sorted(shown - expected) == [], "a figure without its source"
    assert sorted(expected - shown) == [], "no figure, though all that kpi_inputs names is there"
    if len(supplied) == len(TABLES) - 1 and not MAKE_FINER & (set(TABLES) - supplied):
        changed = {key for key in expected if found[key][1] != figures[key][1]}
        assert sorted(changed) == [], "another figure, though kpi_inputs does not name the table"


def test_every_kpi_has_figures_in_the_demo(figures):
    assert sorted(key for key, (count, _) in figures.items() if not count) == []


def test_only_input_tables_are_needed_and_each_is_left_out():
    needed = {table for groups in NEEDED.values() for group in groups for table in group}
    assert needed <= set(TABLES)
    assert len(TABLES) >= 25


def test_the_gate_does_not_look_for_rows_of_a_table_that_a_source_does_not_supply(demo_build):
    """Each source lacks one table and sends one row of every other, which refers to rows unsent."""
    con = gates.database()
    con.execute(f"attach '{demo_build.build_path}' as demo (read_only)")
    for [seed] in con.execute(
        "select table_name from duckdb_tables() "
        "where database_name = 'demo' and schema_name = 'reference'"
    ).fetchall():
        con.execute(f"create table reference.{seed} as from demo.reference.{seed}")
    suites = gate.all_suites(Calendar("1990-01-01", "2060-01-01"))
    sources = [f"without_{table}" for table in TABLES]
    for suite in suites:
        columns = [column for reference in suite.references for column in reference.columns]
        nulls = " + ".join(
            ["0 * input_row_id", *(f"({column} is null)::int" for column in columns)]
        )
        con.execute(
            f"""
            create table inputs.input_{suite.table} as
            select row_number() over () as input_row_id, sources.source as source_system,
                row.* exclude (input_row_id, source_system)
            from (
                from demo.inputs.input_{suite.table} order by {nulls}, input_row_id limit 1
            ) as row
            cross join (select unnest($sources) as source) as sources
            where sources.source != $own
            """,
            {"sources": sources, "own": f"without_{suite.table}"},
        )
    [settings] = con.execute("from demo.quality.expected_loads limit 1").df().to_dict("records")
    expected = pd.DataFrame(
        {**settings, "source_system": source, "table_name": table}
        for source in sources
        for table in TABLES
        if source != f"without_{table}"
    )
    checks = gate.check_inputs(con, expected, loads.NO_MONTHS).df()
    found = {
        (row.table_name, row.column_name, row.rule): set(row.unexpected_sources)
        for row in checks.itertuples()
    }
    looked_for = 0
    for suite in suites:
        for reference in suite.references:
            name = (suite.table, reference.column, f"is_known_in_{reference.table}")
            if name in found:
                looked_for += bool(found[name])
                assert f"without_{reference.table}" not in found[name], name
    assert looked_for >= 25
    empty = [name for name, rows in found.items() if name[2].startswith("required") and rows]
    assert empty == []


def test_a_company_with_invoices_alone_publishes(demo_build):
    folder = demo_build.folder.parent / "invoices_build"
    variables = {"connector_tables": {"demo": ["invoices"]}}
    build = once(folder, lambda: dbt(folder, BUILD, variables=variables))
    assert build.returncode == 0, build.output
    with duckdb.connect(str(build.published_path), read_only=True) as con:
        shown = con.sql(
            "select distinct kpi, variant from kpis.kpi_values where value is not null"
        ).fetchall()
    assert set(shown) == {key for key in NEEDED if is_known(key, {"invoices"})}
