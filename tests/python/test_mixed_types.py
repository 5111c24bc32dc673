"""Connectors of one table that bring different types: each is read as if it were alone.

DuckDB would bring the types of a union together: a day beside moments would become midnight in UTC,
and a moment without an offset would be taken as UTC. The three connectors of this small project say
the same in types of their own, in time zones in which each such shift is seen.
"""

import datetime
import shutil
from dataclasses import replace
from decimal import Decimal

import duckdb
import pytest
import yaml
from conftest import ROOT, dbt

from expectations import gate
from expectations.rules import Calendar
from expectations.runner import Runner

ZONE = "America/New_York"
SOURCE_ZONES = {"clocks": "Asia/Tokyo"}
COLUMNS = {
    "deals": ["deal_id", "deal_amount", "created_at", "close_date", "is_archived"],
    "quotes": ["quote_id", "quote_amount", "sent_at", "expires_on"],
}
# Connector -> the types of these columns and two rows. No amount, day or moment of a deal is text
# in any of them: a union with text would become text by itself. One has all its quotes as text.
CELLS = {
    "deals": {
        "days": (
            ("bigint", "decimal(12, 2)", "timestamptz", "date", "boolean"),
            ("70013", "99.99", "2025-05-01 02:30:00+00", "2025-04-30", "false"),
            ("8", None, "2025-04-30 23:00:00+00", None, "true"),
        ),
        "moments": (
            ("varchar", "double", "timestamptz", "timestamptz", "varchar"),
            ("70013", "99.99", "2025-05-01 02:30:00+00", "2025-05-01 02:30:00+00", "f"),
            (" 8 ", "nan", "2025-05-01 08:00:00+09", None, "Yes"),
        ),
        "clocks": (
            ("decimal(20, 2)", "decimal(30, 10)", "timestamp", "timestamp", "integer"),
            ("70013", "99.99", "2025-05-01 11:30:00", "2025-05-01 11:30:00", "0"),
            ("8", None, "2025-05-01 08:00:00", None, "1"),
        ),
    },
    "quotes": {
        "days": (
            ("bigint", "decimal(12, 2)", "timestamptz", "date"),
            ("70013", "1200", "2025-05-01 02:30:00+00", "2025-04-30"),
            ("8", None, None, None),
        ),
        "moments": (
            ("varchar", "varchar", "varchar", "varchar"),
            ("70013.0", "1.2e3", "2025-05-01T02:30Z", "2025-04-30T22:30:00-04:00"),
            ("8", "", " ", "9999-12-31"),
        ),
        "clocks": (
            ("double", "float", "timestamp", "timestamptz"),
            ("70013", "1200", "2025-05-01 11:30:00", "2025-05-01 02:30:00+00"),
            ("8", "nan", None, "infinity"),
        ),
    },
}
# The expected value of each of them; moments are in UTC.
READ = {
    "deals": [
        (
            "70013",
            Decimal("99.99"),
            datetime.datetime(2025, 5, 1, 2, 30),
            datetime.date(2025, 4, 30),
            False,
        ),
        ("8", None, datetime.datetime(2025, 4, 30, 23, 0), None, True),
    ],
    "quotes": [
        (
            "70013",
            Decimal("1200.00"),
            datetime.datetime(2025, 5, 1, 2, 30),
            datetime.date(2025, 4, 30),
        ),
        ("8", None, None, None),
    ],
}
# The other columns of both tables, where they have no meaning here.
OTHERS = {"currency": "'EUR'", "is_archived": "false"}
NO_CELL = """
select
    '' as table_name,
    0 as input_row_id,
    '' as column_name

where false
"""


def columns_of(table):
    [model] = yaml.safe_load((ROOT / f"models/inputs/input_{table}.yml").read_text())["models"]
    names = [column["name"] for column in model["columns"]]
    return [name for name in names if name not in ("input_row_id", "source_system")]


def query(table, connector):
    """Return the SQL of a connector's model: typed rows, as a Parquet file would bring them."""
    types, *rows = CELLS[table][connector]
    selects = []
    for row in rows:
        cells = {
            column: f"cast({'null' if cell is None else repr(cell)} as {data_type})"
            for column, data_type, cell in zip(COLUMNS[table], types, row, strict=True)
        }
        others = {
            column: OTHERS.get(column, "cast(null as varchar)") for column in columns_of(table)
        }
        listed = ", ".join(f"{cell} as {column}" for column, cell in (others | cells).items())
        selects.append(f"select {listed}")
    return "\nunion all\n".join(selects)


def write_project(project):
    """Write what is between connectors and staging, with a gate that rejects nothing."""
    shutil.copytree(ROOT / "macros", project / "macros")
    for folder in ("publication", "tests/generic", "models/docs"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / folder, project / folder, ignore=ignored)
    for folder in ("models/inputs", "models/staging", "models/gate", "models/connectors"):
        (project / folder).mkdir()
    seeds = project / "seeds" / "reference"
    seeds.mkdir(parents=True)
    shutil.copy(ROOT / "seeds/reference/currency_rates.csv", seeds)
    shutil.copy(ROOT / "profiles.yml", project)
    shutil.copy(ROOT / "models/groups.yml", project / "models")
    for table in COLUMNS:
        for kind in ("sql", "yml"):
            shutil.copy(ROOT / f"models/inputs/input_{table}.{kind}", project / "models/inputs")
        shutil.copy(ROOT / f"models/staging/stg_{table}.sql", project / "models/staging")
        for connector in CELLS[table]:
            path = project / f"models/connectors/{connector}__{table}.sql"
            path.write_text(query(table, connector))
    for name in ("rejected_rows", "blanked_cells"):
        (project / f"models/gate/{name}.sql").write_text(NO_CELL)
    settings = yaml.safe_load((ROOT / "dbt_project.yml").read_text())
    # Most settings are of models that are not here.
    settings["on-run-start"] = ["{{ create_reading_functions() }}"]
    settings["on-run-end"] = []
    settings["vars"] |= {
        "connectors": list(CELLS["deals"]),
        "connector_tables": {connector: list(COLUMNS) for connector in CELLS["deals"]},
        "source_time_zones": SOURCE_ZONES,
        "reporting_time_zone": ZONE,
    }
    (project / "dbt_project.yml").write_text(yaml.safe_dump(settings))


@pytest.fixture(scope="module")
def build(tmp_path_factory):
    folder = tmp_path_factory.mktemp("mixed_types")
    write_project(folder / "project")
    run = dbt(folder, ["build"], project=folder / "project")
    assert run.returncode == 0, run.output
    with duckdb.connect(str(run.build_path)) as con:
        con.execute("set TimeZone = 'UTC'")
        yield con


@pytest.mark.parametrize("table", COLUMNS)
def test_each_source_is_read_as_if_it_were_alone(build, table):
    rows = build.execute(
        f"select source_system, {', '.join(COLUMNS[table])} from staging.stg_{table} "
        "order by input_row_id"
    ).fetchall()
    assert len(rows) == 6
    for connector in CELLS[table]:
        found = [row[1:] for row in rows if row[0] == connector]
        assert found == [(f"{connector}:{first}", *rest) for first, *rest in READ[table]], connector


@pytest.mark.parametrize("table", COLUMNS)
def test_the_gate_can_read_every_cell_of_them(build, table):
    calendar = Calendar("1990-01-01", "2060-01-01", ZONE, tuple(SOURCE_ZONES.items()))
    [suite] = [suite for suite in gate.all_suites(calendar) if suite.table == table]
    rules = [rule for rule in suite.rules if rule.column in COLUMNS[table]]
    # Other tables and conditions on other columns are not asked about.
    suite = replace(suite, references=(), conditions=(), rules=tuple(rules))
    findings = gate.check_rows(build, [suite], calendar, Runner())
    assert len(findings) > len(rules) >= 3
    assert [finding.message for finding in findings if not finding.is_met] == []
