"""The same content as other tools write it, on machines in other time zones: the same figures.

In Tokyo the demo arrives as Parquet, with moments for days and decimals for ids; in New York as
text that spells days, ids, names, numbers, yes and no in other ways. Every published row must be
that of the demo.
"""

import csv
import datetime
import re
from zoneinfo import ZoneInfo

import duckdb
import pytest
from builds import UNTESTED_BUILD, once
from conftest import ROOT, dbt

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


@pytest.mark.parametrize(("zone", "write"), [("Asia/Tokyo", typed), ("America/New_York", spelled)])
def test_other_spellings_and_zones_publish_the_same_rows(zone, write, demo_build):
    folder = demo_build.folder.parent / f"spelled_{write.__name__}"

    def build():
        write(folder / "extracts")
        return dbt(folder, UNTESTED_BUILD, extracts=folder / "extracts", env={"TZ": zone})

    run = once(folder, build)
    assert run.returncode == 0, run.output
    with duckdb.connect() as con:
        con.execute(f"attach '{demo_build.published_path}' as demo (read_only)")
        con.execute(f"attach '{run.published_path}' as other (read_only)")
        tables = con.execute(
            "select schema_name || '.' || table_name from duckdb_tables() "
            "where database_name = 'demo' order by all"
        ).fetchall()
        assert len(tables) > 30
        for (table,) in tables:
            different = con.sql(
                f"(from demo.{table} except all from other.{table}) union all "
                f"(from other.{table} except all from demo.{table})"
            ).fetchall()
            assert different == [], table
