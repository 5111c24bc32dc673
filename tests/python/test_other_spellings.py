"""The same content as other tools write it, on machines in other time zones: the same figures.

In Tokyo the demo arrives as Parquet, with moments for days and decimals for ids; in New York as
text that spells days, ids, names, numbers, yes and no in other ways. Every staged row, or every
published one, must be that of the demo.
"""

import csv
import datetime
import re
import shutil
import subprocess
import sys
from zoneinfo import ZoneInfo

import duckdb
import pytest
from builds import UNTESTED_BUILD
from conftest import ROOT, dbt

from publication import history

SEEDS = ROOT / "seeds" / "demo"
PARIS = ZoneInfo("Europe/Paris")
DAY = r"\d{4}-\d{2}-\d{2}"
MOMENT = rf"{DAY}T\d{{2}}:\d{{2}}:\d{{2}}Z"
# Columns of names that a seed lists, of ids that are numbers, and of yes and no.
NAMES = r"source|channel_source|hs_analytics_source|.*currency.*|department|line_type|status"
IDS = r"(.*_)?id|associatedcompanyid|account_code|employee_id"


def columns_of(path):
    """Return the columns of an extract with their values."""
    with path.open(encoding="utf-8", newline="") as lines:
        header, *rows = csv.reader(lines)
    return dict(zip(header, map(list, zip(*rows, strict=True)), strict=True))


def are(values, pattern, share=0.95):
    """Return whether most of the values that are given look like a pattern: some are flawed."""
    given = [value for value in values if value]
    return bool(given) and sum(
        bool(re.fullmatch(pattern, value)) for value in given
    ) >= share * len(given)


def early_on(day):
    """Return a moment that is half past midnight in Paris on a day: the day before in UTC."""
    try:
        midnight = datetime.datetime.fromisoformat(day).replace(tzinfo=PARIS)
    except ValueError:
        return None
    return (midnight + datetime.timedelta(minutes=30)).astimezone(datetime.UTC)


def typed(folder):
    """Write the extracts as Parquet, typed as far as their flaws allow."""
    folder.mkdir(parents=True)
    con = duckdb.connect()
    con.execute("set TimeZone = 'UTC'")
    for path in sorted(SEEDS.glob("*.csv")):
        selected = []
        for name, values in columns_of(path).items():
            # A date that no calendar has stays text.
            exist = all(early_on(value[:10]) for value in values if value)
            if are(values, DAY, share=1) and exist:
                cell = f"timezone('Europe/Paris', cast({name} as timestamp) + interval 30 minute)"
            elif are(values, MOMENT, share=1) and exist:
                cell = f"cast({name} as timestamptz)"
            elif re.fullmatch(IDS, name) and are(values, r"[1-9]\d*", share=1):
                cell = f"cast({name} as decimal(20, 2))"
            elif are(values, r"-?\d+\.\d+", share=1):
                cell = f"cast({name} as double)"
            elif are(values, "true|false", share=1):
                cell = f"cast({name} as boolean)"
            else:
                cell = name
            selected.append(f"{cell} as {name}")
        con.execute(
            f"copy (select {', '.join(selected)} from "
            f"read_csv('{path}', all_varchar = true, header = true, nullstr = '')) "
            f"to '{folder / path.stem}.parquet'"
        )


def in_other_words(name, values):
    """Return the values of a column as other tools would write them."""

    def change(pattern, write):
        return [write(value) if re.fullmatch(pattern, value) else value for value in values]

    if are(values, DAY):
        return change(
            DAY,
            lambda day: f"{moment:%Y-%m-%dT%H:%M:%S}.000Z" if (moment := early_on(day)) else day,
        )
    if are(values, MOMENT):
        return change(MOMENT, lambda moment: moment.replace("T", " ").replace("Z", "+00"))
    if re.fullmatch(IDS, name):
        return change(r"[1-9]\d*", lambda number: f"{number}.0")
    # A rate keeps all its digits: noise in the last ones would be another rate.
    if are(values, r"-?\d+\.\d+") and name != "rate":
        return change(r"-?\d+\.\d+", lambda number: f"{number}00000000001")
    if are(values, "true|false"):
        return change("true|false", lambda answer: answer[0])
    if re.fullmatch(NAMES, name):
        # A name that no seed lists stays as it is given.
        return change("(?!AI_REFERRALS).+", lambda text: text.replace("_", " ").swapcase())
    return values


def spelled(folder):
    """Write the extracts as CSV in other spellings."""
    folder.mkdir(parents=True)
    for path in sorted(SEEDS.glob("*.csv")):
        columns = {name: in_other_words(name, cells) for name, cells in columns_of(path).items()}
        with (folder / path.name).open("w", encoding="utf-8", newline="") as lines:
            writer = csv.writer(lines)
            writer.writerow(columns)
            writer.writerows(zip(*columns.values(), strict=True))


@pytest.mark.thorough
def test_typed_extracts_in_tokyo_are_staged_as_text_is(demo_build, tmp_path):
    """Beside staging, only what counts the loads reads the rows as they came."""
    typed(tmp_path / "extracts")
    loads = ["fct_input_loads", "fct_input_load_months"]
    selected = ["+path:models/staging", *(f"+{name}" for name in loads)]
    command = ["build", "--exclude-resource-type", "unit_test", "test", "--select", *selected]
    run = dbt(tmp_path, command, extracts=tmp_path / "extracts", env={"TZ": "Asia/Tokyo"})
    assert run.returncode == 0, run.output
    with duckdb.connect() as con:
        con.execute(f"attach '{demo_build.build_path}' as demo (read_only)")
        con.execute(f"attach '{run.build_path}' as other (read_only)")
        tables = con.execute(
            "select schema_name || '.' || table_name from duckdb_tables() "
            "where database_name = 'demo' and (schema_name = 'staging' or table_name in $loads) "
            "order by all",
            {"loads": loads},
        ).fetchall()
        assert len(tables) >= 25
        assert [
            table
            for [table] in tables
            if con.sql(
                f"(from demo.{table} except all from other.{table}) union all "
                f"(from other.{table} except all from demo.{table}) limit 1"
            ).fetchall()
        ] == []


def content(path):
    """Rows and a hash of them, in any order, of each published table, and the SQL of each view.

    A view of the same SQL over the same tables has the same rows: those of all changes of all KPIs
    would be millions.
    """
    with duckdb.connect(str(path), read_only=True) as database:
        tables = database.execute(
            "select schema_name || '.' || table_name, schema_name, table_name from duckdb_tables()"
        ).fetchall()
        views = database.execute(
            "select schema_name || '.' || view_name, sql from duckdb_views() where not internal"
        ).fetchall()
        return dict(views) | {
            name: database.execute(
                f'select count(*), sum(hash(row_of_it)) from {schema}."{table}" as row_of_it'
            ).fetchone()
            for name, schema, table in tables
        }


READER = """
import sys, duckdb
with duckdb.connect(sys.argv[1], read_only=True) as reader:
    for _ in sys.stdin:
        found = reader.sql("select 1 from duckdb_tables() where table_name = 'old'").fetchall()
        print(len(found), flush=True)
"""


class Reader:
    """A dashboard: another process that keeps the published file open and asks now and then."""

    def __init__(self, path):
        self.process = subprocess.Popen(
            [sys.executable, "-c", READER, path],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def sees_the_old_file(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return self.process.stdout.readline() == "1\n"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


# They tell of publications, of which the second file has one more.
OF_PUBLICATIONS = {
    f"kpis.{name}"
    for name in (
        *history.TABLES,
        "kpi_history",
        "kpi_restatements",
        "kpi_values_as_published",
        "alert_events",
        "alerts",
        "publication",
        "records_to_fix",
        "records_to_fix_trend",
    )
}


@pytest.mark.thorough
def test_text_in_new_york_publishes_the_same_rows_and_disturbs_no_reader(demo_build, tmp_path):
    """It is the second build over the first one's database, which must leave no trace."""
    for name in ("build", "published"):
        shutil.copytree(demo_build.folder / name, tmp_path / name)
    published = tmp_path / "published" / "revops.duckdb"
    published.chmod(0o644)
    with duckdb.connect(str(published)) as database:
        database.execute("create table marts.old as select 1 as id")
    spelled(tmp_path / "extracts")
    zone = {"TZ": "America/New_York"}
    with Reader(published) as before:
        assert before.sees_the_old_file()
        run = dbt(tmp_path, UNTESTED_BUILD, extracts=tmp_path / "extracts", env=zone)
        assert run.returncode == 0, run.output
        assert before.sees_the_old_file()
        with Reader(published) as after:
            assert not after.sees_the_old_file()
    first, second = content(demo_build.published_path), content(published)
    assert len(first) > 100
    different = {name for name in first | second if first.get(name) != second.get(name)}
    assert different <= OF_PUBLICATIONS
    assert_that_findings_are_as_old_as_before(demo_build.published_path, published)


def assert_that_findings_are_as_old_as_before(first, second):
    """The same findings, in other spellings: none is new, and nobody's money has changed."""
    with duckdb.connect() as con:
        con.execute(f"attach '{first}' as one (read_only); attach '{second}' as two (read_only)")
        for query in (
            "select finding_key, first_seen_at from {}.kpis.findings_first_seen",
            "select * from {}.kpis.findings_by_publication "
            "where published_at = (select min(published_at) from one.kpis.kpi_publications)",
        ):
            rows = [
                con.execute(query.format(file) + " order by all").fetchall()
                for file in ("one", "two")
            ]
            assert rows[0] == rows[1] != []
        changes = con.execute(
            "select count(*), count(*) filter (where finding_count_change = 0), "
            "count(*) filter (where money_change_amount != 0) from two.kpis.records_to_fix_trend "
            "where published_at > (select max(published_at) from one.kpis.kpi_publications)"
        ).fetchall()
        [[owners, unchanged, moved]] = changes
        assert (owners > 5, unchanged, moved) == (True, owners, 0)
