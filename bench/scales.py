"""Measure builds of one, ten and a hundred times the demo: layers, growth, memory and queries.

`make bench` has the generator write the extracts as Parquet (kept in `build/bench`), builds each
size in a folder of its own, and asks of each:

- the whole build, without unit tests and with a warm parse: wall time, processor time and the peak
  of its memory. `--memory-limit` limits DuckDB's share of it;
- bare DuckDB: the SQL of the same models and data tests, as dbt has compiled it, run one after the
  other in one process on the same inputs. What the build takes more is dbt, connectors, gate and
  publication;
- each layer's seconds, and its exponent: seconds grow with rows to this power from one size to the
  next. 1 is a cost by row; below 1, some of it does not grow. Of single models with more than a
  second at the largest size, the exponent is told too;
- the KPI views: median and 95th percentile of what a board asks, as `kpi_views.py` has it.

Each size gets more sessions and invoices than the generator writes, up to what a company with so
many customers may have: at a hundred times the demo ten million and two million. They are copies
with ids of their own.
Nothing is asserted.
"""

from __future__ import annotations

import argparse
import json
import math
import shutil
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import duckdb
from kpi_views import ASKED, percentile, seconds, views
from processes import Spent, build_variables, keep, run

ROOT = Path(__file__).resolve().parents[1]
DBT = Path(sys.executable).with_name("dbt")
SIZES = [1, 10, 100]
# Rows at least, for each time the demo's size.
PADDED = {"web_sessions": 100_000, "invoices": 20_000}
VISIT_IDS = ["session_id", "visitor_id"]
LINE_IDS = ["invoice_line_id", "invoice_id"]
TOLD_FROM = 1.0
# Seconds of a node that are kept in the file.
KEPT_FROM = 0.05
# A node's folder -> the layer that it counts in; tests are a layer of their own.
LAYERS = {"publish": "publication", "seeds": "inputs"}
LAYER_ORDER = [
    *("connectors", "inputs", "gate", "staging", "intermediate", "marts", "aggregates"),
    *("kpis", "reports", "tests", "publication"),
]

Json = dict[str, Any]


def write_extracts(folder: Path, size: int) -> None:
    """Have the generator write a size, unless it is there, and pad it."""
    if folder.exists():
        return
    generated = folder.with_name(f"{folder.name}-generated")
    command = [sys.executable, "-m", "generator", "--scale", str(size)]
    run([*command, "--format", "parquet", "--out", generated], ROOT, {})
    pad(generated, size)
    generated.rename(folder)


def parquet_of(folder: Path, table: str) -> str:
    """Return the files of a table, which is one file or a folder of parts."""
    return str(
        folder / table / "*.parquet" if (folder / table).is_dir() else folder / f"{table}.parquet"
    )


def pad(folder: Path, size: int) -> None:
    """Write copies of sessions, invoices and their lines beside them, until there are enough."""
    with duckdb.connect(config={"memory_limit": "2GB"}) as con:
        for table, of_demo in PADDED.items():
            wanted = of_demo * size
            files = parquet_of(folder, table)
            [[rows]] = con.sql(f"select count(*) from '{files}'").fetchall()
            copies = math.ceil(wanted / rows) - 1
            if copies < 1:
                continue
            if table == "invoices":
                # All lines of an invoice go with it.
                for name, ids in {table: ["invoice_id"], "invoice_lines": LINE_IDS}.items():
                    copy_rows(con, folder, name, ids, copies)
            else:
                copy_rows(con, folder, table, VISIT_IDS, copies, wanted - rows)


def copy_rows(
    con: duckdb.DuckDBPyConnection,
    folder: Path,
    table: str,
    ids: list[str],
    copies: int,
    most: int | None = None,
) -> None:
    """Write a part with so many copies of a table, at most so many rows."""
    files = parquet_of(folder, table)
    anew = ", ".join(f"{column} || '~' || copy as {column}" for column in ids)
    con.execute(f"""
        copy (
            select given.* replace ({anew})
            from '{files}' as given
            cross join (select range + 1 as copy from range({copies}))
            {f"limit {most}" if most else ""}
        ) to '{folder}/{table}.copies' (format parquet)
    """)
    if not (folder / table).is_dir():
        (folder / table).mkdir()
        (folder / f"{table}.parquet").rename(folder / table / "part.parquet")
    (folder / f"{table}.copies").rename(folder / table / "copies.parquet")


def build(folder: Path, extracts: Path, size: int, memory_limit: str) -> Spent:
    """Build a size in a folder; return what it took.

    The largest builds one node at a time, which then has all memory and all cores.
    """
    (folder / "build").mkdir(parents=True, exist_ok=True)
    variables = {**build_variables(folder), "REVOPS_MEMORY_LIMIT": memory_limit}
    given = ["--vars", json.dumps({"extracts_dir": {"demo": str(extracts)}})]
    if size >= max(SIZES):
        given += ["--threads", "1"]
    run([DBT, "--quiet", "parse", *given], ROOT, variables)
    return run([sys.executable, "scripts/build.py", *given], ROOT, variables)


def read(folder: Path, name: str) -> Json:
    """Return a file that dbt has written."""
    return json.loads((folder / "target" / name).read_text(encoding="utf-8"))


def layer_of(node: Json) -> str:
    """Return the layer that a node counts in."""
    if node["resource_type"] == "test":
        return "tests"
    name = "seeds" if node["resource_type"] == "seed" else node["fqn"][1]
    return LAYERS.get(name, name)


def nodes_of(folder: Path) -> dict[str, tuple[str, float]]:
    """Return layer and seconds of each node of the build."""
    manifest = read(folder, "manifest.json")
    known = {**manifest["nodes"], **manifest["exposures"]}
    return {
        result["unique_id"]: (
            layer_of(known[result["unique_id"]]),
            result["execution_time"],
        )
        for result in read(folder, "run_results.json")["results"]
        if known[result["unique_id"]]["resource_type"] in ("model", "seed", "test")
    }


def copy_macros(con: duckdb.DuckDBPyConnection) -> None:
    """Make the functions of the attached build again, those that others call before these."""
    waiting = [
        macro
        for (macro,) in con.sql("""
            select
                'create macro ' || function_name || '(' || array_to_string(parameters, ', ')
                || ') as ' || macro_definition
            from duckdb_functions()
            where database_name = 'built' and function_type = 'macro'
        """).fetchall()
    ]
    while waiting:
        later = []
        for macro in waiting:
            try:
                con.execute(macro)
            except duckdb.CatalogException:
                later.append(macro)
        if len(later) == len(waiting):
            sys.exit(f"A function of the build cannot be made: {later[0]}")
        waiting = later


def run_bare(folder: Path, memory_limit: str) -> Json:
    """Run the SQL of the build's models and tests in DuckDB; return seconds by node and in all.

    Inputs and the verdicts of the gate are copied from the build, and that is not timed.
    """
    manifest = read(folder, "manifest.json")
    built = folder / "build" / "revops.duckdb"
    bare = folder / "bare" / built.name
    shutil.rmtree(bare.parent, ignore_errors=True)
    bare.parent.mkdir()
    seconds_of: dict[str, float] = {}
    used = 0.0
    with duckdb.connect(str(bare), config={"memory_limit": memory_limit}) as con:
        con.execute("set TimeZone = 'UTC'")
        con.execute("set threads = 2")
        con.execute(f"attach '{built}' as built (read_only)")
        for (schema,) in con.sql(
            "select distinct schema_name from duckdb_tables() where database_name = 'built'"
        ).fetchall():
            con.execute(f"create schema if not exists {schema}")
        copy_macros(con)
        for result in read(folder, "run_results.json")["results"]:
            node = manifest["nodes"].get(result["unique_id"])
            if node is None or node["resource_type"] == "operation":
                continue
            name = f'"{node["schema"]}"."{node["alias"]}"'
            sql = node.get("compiled_code")
            is_sql = sql and node.get("language") == "sql" and node["resource_type"] != "seed"
            is_given = node["resource_type"] == "model" and layer_of(node) in (
                *("connectors", "inputs", "gate", "publication"),
            )
            if is_given or (node["resource_type"] != "test" and not is_sql):
                if node["config"]["materialized"] != "view":
                    con.execute(f"create table {name} as from built.{name}")
                continue
            if node["resource_type"] == "test":
                if not is_sql:
                    continue
                statement = f"select count(*) from ({sql})"
            else:
                kind = "view" if node["config"]["materialized"] == "view" else "table"
                statement = f"create {kind} {name} as {sql}"
            started, began = time.perf_counter(), time.process_time()
            try:
                con.execute(statement).fetchall()
            except duckdb.Error as error:
                print(f"left out: {node['name']}: {str(error).splitlines()[0]}", file=sys.stderr)
                continue
            seconds_of[result["unique_id"]] = time.perf_counter() - started
            used += time.process_time() - began
    shutil.rmtree(bare.parent)
    return {"wall": sum(seconds_of.values()), "processor": used, "nodes": seconds_of}


def ask_views(published: Path, times: int) -> list[float]:
    """Return the fastest time of each KPI view for what a board asks, in seconds."""
    with duckdb.connect(str(published), read_only=True) as con:
        query = ASKED["month, total"]
        return [
            min(seconds(con, query.format(view=view))[0] for _ in range(times))
            for view in views(con)
        ]


def rows_of(folder: Path) -> dict[str, int]:
    """Return the rows of each table of the build, by the name of its model."""
    with duckdb.connect(str(folder / "build" / "revops.duckdb"), read_only=True) as con:
        return dict(
            con.sql(
                "select table_name, max(estimated_size) from duckdb_tables() "
                "where database_name = 'revops' group by 1"
            ).fetchall()
        )


def measure(folder: Path, size: int, memory_limit: str) -> Json:
    """Build a size and measure all of it."""
    extracts = folder / f"extracts-{size}"
    write_extracts(extracts, size)
    place = folder / f"size-{size}"
    shutil.rmtree(place, ignore_errors=True)
    spent = build(place, extracts, size, memory_limit)
    nodes = nodes_of(place)
    layers: Counter[str] = Counter()
    for layer, took in nodes.values():
        layers[layer] += took
    rows = rows_of(place)
    bare = run_bare(place, memory_limit)
    asked = ask_views(place / "published" / "revops.duckdb", 5)
    return {
        "size": size,
        "input_rows": sum(count for name, count in rows.items() if name.startswith("input_")),
        "wall": spent.wall,
        "processor": spent.processor,
        "peak": spent.peak,
        "bare": {kind: bare[kind] for kind in ("wall", "processor")},
        "layers": dict(layers),
        "nodes": {key: round(took, 3) for key, (_, took) in nodes.items() if took >= KEPT_FROM},
        "file": (place / "published" / "revops.duckdb").stat().st_size,
        "queries": {
            "median": sorted(asked)[len(asked) // 2],
            "p95": percentile(asked, 0.95),
            "most": max(asked),
        },
    }


def exponent(before: float, after: float, factor: float) -> float | None:
    """Return to which power of the rows the seconds grew; None below a tenth of a second."""
    return math.log(after / before, factor) if before >= 0.1 and after > 0 else None


def powers(took: list[float], sizes: list[int]) -> list[str]:
    """Return the exponents between the sizes, a dash where too little time was spent."""
    found = [exponent(took[i - 1], took[i], sizes[i] / sizes[i - 1]) for i in range(1, len(took))]
    return ["-" if one is None else f"{one:.2f}" for one in found]


def known(path: Path | None) -> dict[int, Json]:
    """Return what a file says of each size; nothing if it is not there."""
    if not path or not path.exists():
        return {}
    return {one["size"]: one for one in json.loads(path.read_text(encoding="utf-8"))}


def main() -> None:
    """Measure each size and print it; in the file, if asked, it takes the place of that size."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--folder", type=Path, default=ROOT / "build" / "bench")
    parser.add_argument("--memory-limit", default="2.5GB", help="of DuckDB; default: 2.5GB")
    parser.add_argument("--json", type=Path, help="write what was measured to this file, too")
    options = parser.parse_args()
    found = known(options.json)
    for size in sorted(options.sizes):
        one = measure(options.folder.resolve(), size, options.memory_limit)
        found[size] = one
        print(
            f"size {size}: {one['input_rows']:,} rows, {one['wall']:.1f} s, processor "
            f"{one['processor']:.1f} s, {one['processor'] / one['bare']['processor']:.2f} of bare "
            f"DuckDB, peak {one['peak'] / 1e9:.1f} GB, "
            f"views p95 {one['queries']['p95'] * 1e3:.1f} ms",
            flush=True,
        )
        keep(options.json, [found[size] for size in sorted(found)])
    report([found[size] for size in sorted(found)])


def report(found: list[Json]) -> None:
    """Print layers and slow models by size, with the exponents from each size to the next."""
    tables: dict[str, dict[str, list[float]]] = defaultdict(dict)
    for layer in LAYER_ORDER:
        tables["layers"][layer] = [one["layers"].get(layer, 0.0) for one in found]
    tables["layers"]["bare DuckDB"] = [one["bare"]["wall"] for one in found]
    for key, took in sorted(found[-1]["nodes"].items(), key=lambda item: -item[1]):
        if took >= TOLD_FROM:
            tables["nodes"][key.split(".")[2]] = [one["nodes"].get(key, 0.0) for one in found]
    sizes = [one["size"] for one in found]
    for title, table in tables.items():
        print(f"\n{title}: seconds by size, and the exponents between")
        for name, took in table.items():
            print(
                "".join(f"{value:>9.2f}" for value in took)
                + "".join(f"{power:>9}" for power in powers(took, sizes))
                + f"  {name}"
            )


if __name__ == "__main__":
    main()
