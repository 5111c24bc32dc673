"""How fast do the KPI views answer? Median and 95th percentile, of one file or of two side by side.

`bench/kpi_views.py published/revops.duckdb [OTHER]` asks every view of the schema `kpis` for what a
board asks (`period_grain = 'month'` and `dimension = 'all'`) and, with `--whole`, for all its rows,
read through a cursor in batches as BI tools do. A view is asked several times, and the fastest time
counts. Processor time is shown beside wall time, because it hardly moves when the machine is busy.
Given two files, it asks each view of both in turn, and divides the times of the second file by
those of the first.
Nothing is asserted.
"""

from __future__ import annotations

import argparse
import statistics
import time
from pathlib import Path

import duckdb

ASKED = {
    "month, total": "select * from kpis.{view} where period_grain = 'month' and dimension = 'all'",
    "all rows": "select * from kpis.{view}",
}
ROWS_AT_ONCE = 10_000


def views(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Return the names of the KPI views, in order."""
    return [
        name
        for (name,) in connection.execute(
            "select view_name from duckdb_views() where schema_name = 'kpis' "
            "and view_name in (select 'kpi_' || kpi from kpis.kpi_catalog) order by 1"
        ).fetchall()
    ]


def seconds(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[float, float]:
    """Read a query to its end and return its wall time and its processor time."""
    wall, used = time.perf_counter(), time.process_time()
    result = connection.execute(query)
    while result.fetchmany(ROWS_AT_ONCE):
        pass
    return time.perf_counter() - wall, time.process_time() - used


def percentile(values: list[float], share: float) -> float:
    """Return the smallest value that at least a share of the values do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -int(-share * len(ordered) // 1) - 1)]


def main() -> None:
    """Ask the views and print a line for each question, file and kind of time."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="+", type=Path, help="one published file, or two")
    parser.add_argument("--times", type=int, default=5, help="how often each view is asked")
    parser.add_argument("--whole", action="store_true", help="read all rows of the views, too")
    options = parser.parse_args()
    connections = [duckdb.connect(str(path), read_only=True) for path in options.files]
    shared = [name for name in views(connections[0]) if name in set(views(connections[-1]))]
    print(f"{len(shared)} views, DuckDB {duckdb.__version__}")
    for question, query in ASKED.items():
        if question == "all rows" and not options.whole:
            continue
        best: list[dict[str, tuple[float, float]]] = [{} for _ in connections]
        for view in shared:
            for _ in range(options.times):
                for fastest, connection in zip(best, connections, strict=True):
                    now = seconds(connection, query.format(view=view))
                    before = fastest.get(view, now)
                    fastest[view] = (min(now[0], before[0]), min(now[1], before[1]))
        for kind, label in enumerate(("wall", "processor")):
            figures = []
            for path, fastest in zip(options.files, best, strict=True):
                spent = [1_000 * times[kind] for times in fastest.values()]
                slowest = max(fastest, key=lambda view: fastest[view][kind])
                figures.append((statistics.median(spent), percentile(spent, 0.95)))
                print(
                    f"{question:14} {label:10} median {figures[-1][0]:8.1f} ms  "
                    f"p95 {figures[-1][1]:8.1f} ms  all {sum(spent) / 1_000:7.2f} s  "
                    f"slowest {slowest}  {path}"
                )
            if len(figures) == 2:
                ratios = [second / first for first, second in zip(*figures, strict=True)]
                print(f"{'':14} {'ratio':10} median {ratios[0]:8.2f}     p95 {ratios[1]:8.2f}")


if __name__ == "__main__":
    main()
