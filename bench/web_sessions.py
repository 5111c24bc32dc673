"""Does the cost of web traffic grow faster than the traffic? One ratio for each node.

`make bench` builds the models over web sessions with the demo's sessions, and with 10 and 100 times
as many; all other extracts stay as they are: the same customers, on a site with more passers-by.
Each copy has sessions and visitors of its own, with ids of one length, a little earlier than the
demo's; in every tenth one the contacts are known, too. DuckDB may use little memory
(`--memory-limit`), so that what does not fit is spilt to disk, as it would be at sizes that no
memory holds.

Nodes run one after the other. For each: rows, seconds, and by how much more the seconds grew than
the rows since the size before; below 1, cost grows slower than the traffic. It is left out below a
tenth of a second, and for tables that keep their size. The peak of memory is the whole process's:
Python and pandas count in it, and for them the limit does not hold. Nothing is asserted.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import duckdb
from processes import build_variables, run

ROOT = Path(__file__).resolve().parents[1]
DEMO = ROOT / "seeds" / "demo"
DBT = Path(sys.executable).with_name("dbt")
MARTS = ("fct_web_sessions", "fct_touches", "fct_visitors", "fct_deal_credits")
KPIS = ("kpi_web_users", "kpi_web_sessions", "kpi_visitor_to_lead_rate")
# Where the rows of a node stand that is no table, or one whose size is not that of the traffic.
ROWS_OF = (
    {
        "input_checks": "inputs.input_web_sessions",
        "rejected_rows": "inputs.input_web_sessions",
        "int_input_days_counted": "staging.stg_web_sessions",
    }
    | {kpi: "marts.fct_web_sessions" for kpi in KPIS[:2]}
    | {KPIS[2]: "marts.fct_touches"}
)
NODES = (
    "extract_checks",
    "extract_headers",
    "input_web_sessions",
    "input_checks",
    "rejected_rows",
    "stg_web_sessions",
    "int_input_days_counted",
    "int_web_sessions_identified",
    *MARTS,
    *KPIS,
)
SCHEMA_OF = {"input": "inputs", "stg": "staging", "int": "intermediate", "fct": "marts"}


def write_extracts(folder: Path, times: int) -> None:
    """Write the sessions so many times, and link the other extracts beside them."""
    folder.mkdir()
    for extract in DEMO.glob("*.csv"):
        if extract.name != "web_sessions.csv":
            (folder / extract.name).symlink_to(extract)
    with duckdb.connect(config={"memory_limit": "1GB"}) as con:
        con.execute(f"""
            copy (
                select
                    sessions.* replace (
                        md5(session_id || '~' || copy) as session_id,
                        md5(visitor_id || '~' || copy) as visitor_id,
                        case when copy % 10 = 0 then contact_id end as contact_id,
                        strftime(
                            started_at::timestamp - to_seconds(17 * copy), '%Y-%m-%dT%H:%M:%SZ'
                        ) as started_at
                    )
                from read_csv('{DEMO}/web_sessions.csv', all_varchar = true) as sessions
                cross join (select range as copy from range({times}))
            ) to '{folder}/web_sessions.parquet' (format parquet)
        """)


def build(folder: Path, memory_limit: str) -> tuple[float, float]:
    """Build what the sessions lead to in the folder; return seconds and the peak memory in MB."""
    (folder / "build").mkdir()
    command = [DBT, "--quiet", "build", "--threads", "1"]
    command += ["--exclude-resource-type", "unit_test", "--indirect-selection", "cautious"]
    command += ["--vars", json.dumps({"extracts_dir": {"demo": str(folder / "extracts")}})]
    command += ["--select", *(f"+{model}" for model in (*MARTS, *KPIS))]
    spent = run(command, ROOT, {**build_variables(folder), "REVOPS_MEMORY_LIMIT": memory_limit})
    return spent.wall, spent.peak / 1e6


def measure(folder: Path, memory_limit: str) -> tuple[dict[str, float], dict[str, int]]:
    """Return the seconds and the rows of each node, the KPIs' as queried whole."""
    results = json.loads((folder / "target" / "run_results.json").read_text())["results"]
    seconds = {result["unique_id"].split(".")[2]: result["execution_time"] for result in results}
    rows = {}
    with duckdb.connect(
        folder / "build" / "revops.duckdb", config={"memory_limit": memory_limit}
    ) as con:
        for kpi in KPIS:
            started = time.perf_counter()
            con.execute(f"create temporary table answer_{kpi} as select * from kpis.{kpi}")
            seconds[kpi] = time.perf_counter() - started
        for node in seconds:
            schema = SCHEMA_OF.get(node.split("_")[0])
            table = ROWS_OF.get(node) or (f"{schema}.{node}" if node in NODES and schema else None)
            if table:
                [[rows[node]]] = con.sql(f"select count(*) from {table}").fetchall()
    return seconds, rows


def growth(seconds: list[float], rows: list[int]) -> list[str]:
    """Return by how much more the seconds grew than the rows, from each size to the next."""
    return [
        f"{seconds[i] / seconds[i - 1] / (rows[i] / rows[i - 1]):>8.2f}"
        if seconds[i - 1] >= 0.1 and rows[i] > rows[i - 1] > 0
        else f"{'-':>8}"
        for i in range(1, len(seconds))
    ]


def main() -> None:
    """Build each size and print what it took."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--times", type=int, nargs="+", default=[1, 10, 100])
    parser.add_argument("--memory-limit", default="500MB", help="of DuckDB; default: 500MB")
    arguments = parser.parse_args()
    sizes = sorted(arguments.times)
    seconds, rows, totals = [], [], []
    for times in sizes:
        with tempfile.TemporaryDirectory() as name, ProcessPoolExecutor(1) as other_process:
            folder = Path(name)
            # In a process of its own, as the peak of a child is at least its parent's.
            other_process.submit(write_extracts, folder / "extracts", times).result()
            totals.append(build(folder, arguments.memory_limit))
            measured = other_process.submit(measure, folder, arguments.memory_limit).result()
        seconds.append(measured[0])
        rows.append(measured[1])
    print(f"DuckDB may use {arguments.memory_limit}. Web sessions of the demo times", *sizes)
    header = "".join(f"{f'x{times}':>9}" for times in sizes)
    steps = "".join(f"{f'>x{times}':>8}" for times in sizes[1:])
    print(f"{'rows':>{9 * len(sizes)}}{'seconds':>{9 * len(sizes)}}  growth of seconds over rows")
    print(header + header + steps)
    for node in NODES:
        counts = [each.get(node, 0) for each in rows]
        spent = [each[node] for each in seconds]
        print(
            "".join(f"{count or '-':>9}" for count in counts)
            + "".join(f"{second:>9.2f}" for second in spent)
            + "".join(growth(spent, counts))
            + f"  {node}"
        )
    for index, label in enumerate(("s   the build, all nodes and tests", "MB  its peak of memory")):
        print("".join(f"{total[index]:>9.0f}" for total in totals) + f"  {label}")
    print("\nThe slowest nodes of the largest:")
    for node, spent in sorted(seconds[-1].items(), key=lambda item: -item[1])[:12]:
        print(f"{spent:>9.2f}s  {node}")


if __name__ == "__main__":
    main()
