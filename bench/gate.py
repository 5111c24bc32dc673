"""Time the gate on a million rows, with and without DuckDB looking at them first.

`bench/gate.py build/revops.duckdb` writes the sessions of a build so many times into a copy of its
file and asks all rules of the table twice in each turn: as the gate asks a large table, where
DuckDB finds the rows that break a rule and Great Expectations judges those, and as it asks a small
one, where Great Expectations gets all rows. Turns change the order. The findings must be the same;
the times, and their ratio, are printed. Nothing else is asserted.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

import duckdb

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from processes import keep  # noqa: E402

from expectations import gate  # noqa: E402
from expectations.facts import keep_lost_values  # noqa: E402
from expectations.rules import Calendar  # noqa: E402
from expectations.runner import Finding, Runner  # noqa: E402

TABLE = "web_sessions"
CALENDAR = Calendar("1990-01-01", "2060-01-01", "Europe/Paris")
WAYS = {"DuckDB first": 0, "all rows": sys.maxsize}


def multiply(con: duckdb.DuckDBPyConnection, rows: int) -> int:
    """Write the sessions again, under other ids, until there are enough; return their number."""
    con.execute(f"""
        create or replace table inputs.input_{TABLE} as
        select
            sessions.* replace (
                row_number() over () as input_row_id,
                case when copy = 0 then session_id else session_id || '~' || copy end as session_id
            )
        from inputs.input_{TABLE} as sessions
        cross join (select range as copy from range(
            (select cast(ceil({rows} / count(*)) as bigint) from inputs.input_{TABLE})
        ))
    """)
    return con.execute(f"select count(*) from inputs.input_{TABLE}").fetchall()[0][0]


def ask(con: duckdb.DuckDBPyConnection, most: int) -> tuple[float, float, list[Finding]]:
    """Return wall time and processor time of the gate for the table, and what it found."""
    gate.MOST_ROWS_IN_WHOLE = most
    [suite] = [suite for suite in gate.all_suites(CALENDAR) if suite.table == TABLE]
    runner = Runner()
    wall, used = time.perf_counter(), time.process_time()
    found = gate.check_table(con, runner, suite, CALENDAR)
    return time.perf_counter() - wall, time.process_time() - used, found


def main() -> None:
    """Ask both ways and print a line for each, and the ratio."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build", nargs="?", type=Path, default=ROOT / "build" / "revops.duckdb")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--json", type=Path, help="write what was measured to this file, too")
    options = parser.parse_args()
    walls: dict[str, list[float]] = {way: [] for way in WAYS}
    useds: dict[str, list[float]] = {way: [] for way in WAYS}
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(shutil.copy(options.build, Path(folder, "build.duckdb")))
        with duckdb.connect(str(copy)) as con:
            con.execute("set TimeZone = 'UTC'")
            rows = multiply(con, options.rows)
            suites = gate.all_suites(CALENDAR)
            for table in {r.table for suite in suites for r in suite.asked_for_lost_values()}:
                keep_lost_values(con, suites, table, [])
            for turn in range(options.turns):
                answers = []
                for way in list(WAYS) if turn % 2 == 0 else reversed(WAYS):
                    wall, used, found = ask(con, WAYS[way])
                    walls[way].append(wall)
                    useds[way].append(used)
                    answers.append(found)
                if answers[0] != answers[1]:
                    sys.exit("The two ways find different rows.")
    for way in WAYS:
        print(
            f"{way:<12} {rows:>11,} rows  {statistics.median(walls[way]):6.1f} s  "
            f"{statistics.median(useds[way]):6.1f} s of processor"
        )
    keep(
        options.json,
        {
            way: {
                "rows": rows,
                "wall": statistics.median(walls[way]),
                "processor": statistics.median(useds[way]),
            }
            for way in WAYS
        },
    )
    first, second = (statistics.median(useds[way]) for way in WAYS)
    print(f"all rows / DuckDB first: {second / first:.1f} of processor time")


if __name__ == "__main__":
    main()
