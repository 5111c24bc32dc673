"""Compare what another engine built with what DuckDB built: each row of each table.

    .venv-spark/bin/python -m engines.parity spark --build build/revops.duckdb
    .venv-postgres/bin/python -m engines.parity postgres --build build/revops.duckdb

Both sides are read by DuckDB: the tables of Spark as the Parquet files that they are, those of
PostgreSQL through a COPY. Keys, counts, flags, texts, days and nulls must be the same, amounts of
money to the cent, and numbers with more decimals within 1e-8, or within 1e-11 of themselves
where they are large: what is computed of a rounded part has the part's last digit in it. The exit
code is 1 if anything differs.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import duckdb

from engines.handover import BUILT_THERE, LEFT_OUT, Table, room_of

# These cannot be compared: each engine makes its own hashes.
LEFT_OUT_COLUMNS = {"content_hash"}
SCHEMAS = ("marts", "aggregates", "kpis")
# The last of the eight decimals that parts and values have. Money has two and must be the same.
TOLERANCE = Decimal("0.00000001")
RELATIVE_TOLERANCE = Decimal("0.00000000001")
# The largest part of a change takes what rounding leaves of all other segments (kpi_drivers).
BALANCED = {"own_rate_part", "mix_part", "change_part"}
FRACTION = re.compile(r"DECIMAL\(\d+,\s?(?P<scale>\d+)\)|DOUBLE|FLOAT")

Reader = Callable[[duckdb.DuckDBPyConnection, Table, dict[str, str]], str]


class MissingTableError(Exception):
    """The other engine has no such table."""


@dataclass
class Comparison:
    """One compared table: `faults` has a sentence for each difference of the two sides."""

    table: Table
    rows: int = 0
    rounded_rows: int = 0
    faults: list[str] = field(default_factory=list)


def tables_built_there(manifest_path: Path, schemas: Iterable[str] = SCHEMAS) -> list[Table]:
    """Return the tables that the other engine builds: those that no publication is needed for."""
    manifest = json.loads(manifest_path.read_text(encoding="utf-8"))
    nodes, children = manifest["nodes"], manifest["child_map"]
    unbuilt: set[str] = set()
    waiting = [key for key, node in nodes.items() if room_of(node) == LEFT_OUT]
    while waiting:
        key = waiting.pop()
        if key not in unbuilt:
            unbuilt.add(key)
            waiting += [child for child in children.get(key, []) if child in nodes]
    found = [
        Table(node["schema"], node["alias"])
        for key, node in nodes.items()
        if room_of(node) in BUILT_THERE and node["schema"] in schemas and key not in unbuilt
    ]
    return sorted(found, key=lambda table: (table.schema, table.name))


def spark_reader(warehouse: Path, suffix: str = "") -> Reader:
    """Read the tables of Spark: the Parquet files below its warehouse.

    Args:
        warehouse: the folder of all its schemas.
        suffix: what the names of its schemas end with; empty is the latest build.

    """
    ending = suffix or max(
        (
            folder.name.removeprefix("kpis").removesuffix(".db")
            for folder in warehouse.glob("kpis_*.db")
        ),
        default="",
    )

    def read(_con: duckdb.DuckDBPyConnection, table: Table, columns: dict[str, str]) -> str:
        folder = warehouse / f"{table.schema}{ending}.db" / table.name
        if not any(folder.glob("*.parquet")):
            raise MissingTableError(table)
        listed = ", ".join(
            f'cast("{name}" as {kind}) as "{name}"' for name, kind in columns.items()
        )
        return f"select {listed} from read_parquet('{folder}/*.parquet')"

    return read


def postgres_reader(suffix: str = "") -> Reader:
    """Read the tables of PostgreSQL, to which the variables PGHOST and so on lead.

    Args:
        suffix: what the names of its schemas end with.

    """
    import psycopg2

    there = psycopg2.connect("")
    file = Path(tempfile.mkdtemp()) / "rows.csv"

    def read(_con: duckdb.DuckDBPyConnection, table: Table, columns: dict[str, str]) -> str:
        listed = ", ".join(f'"{name}"' for name in columns)
        query = f'select {listed} from "{table.schema}{suffix}"."{table.name}"'
        try:
            with there, there.cursor() as cursor, file.open("wb") as rows:
                cursor.copy_expert(f"copy ({query}) to stdout (format csv, force_quote *)", rows)
        except psycopg2.errors.UndefinedTable as error:
            raise MissingTableError(table) from error
        shape = ", ".join(f"'{name}': '{kind}'" for name, kind in columns.items())
        return (
            f"select * from read_csv('{file}', header = false, columns = {{{shape}}}, nullstr = '',"
            " allow_quoted_nulls = false, auto_detect = false,"
            " quote = '\"', escape = '\"', delim = ',')"
        )

    return read


def count_of(con: duckdb.DuckDBPyConnection, query: str) -> int:
    """Return the number of rows of a query."""
    return con.execute(f"select count(*) from ({query})").fetchall()[0][0]


def compare(
    con: duckdb.DuckDBPyConnection, table: Table, read: Reader, tolerance: Decimal = TOLERANCE
) -> Comparison:
    """Compare a table of DuckDB, which is connected to, with the same table there.

    Rows that are not the same to the last decimal are paired by all that is not a fraction, and in
    the order of their fractions where several are alike in that; then the fractions are compared.
    """
    said = Comparison(table)
    columns = {
        name: kind
        for name, kind, *_ in con.execute(f'describe "{table.schema}"."{table.name}"').fetchall()
        if name not in LEFT_OUT_COLUMNS
    }
    listed = ", ".join(f'"{name}"' for name in columns)
    here = f'select {listed} from "{table.schema}"."{table.name}"'
    try:
        con.execute(f"create or replace temp table there as {read(con, table, columns)}")
    except MissingTableError:
        said.faults.append("is not there")
        return said
    said.rows = count_of(con, here)
    for name, one, other in (("left_here", here, "from there"), ("left_there", "from there", here)):
        con.execute(f"create or replace temp table {name} as {one} except all {other}")
    if not count_of(con, "from left_here") and not count_of(con, "from left_there"):
        return said

    rows_there = count_of(con, "from there")
    if rows_there != said.rows:
        said.faults.append(f"{said.rows} rows here and {rows_there} there")
    _compare_pairs(con, said, columns, tolerance)
    return said


def _compare_pairs(
    con: duckdb.DuckDBPyConnection, said: Comparison, columns: dict[str, str], tolerance: Decimal
) -> None:
    """Pair the rows of `left_here` and `left_there`, and say what differs between them."""
    fractions = {name: kind for name, kind in columns.items() if FRACTION.fullmatch(kind)}
    exact = [name for name in columns if name not in fractions]
    keys = ", ".join(f'"{name}"' for name in exact)
    order = ", ".join(f'"{name}" nulls last' for name in [*fractions, *exact])
    for side in ("here", "there"):
        # The nulls of fractions are a part of the key: null and 0 are not alike.
        nulls = "".join(f', "{name}" is null' for name in fractions)
        partition = keys + nulls if keys else nulls.removeprefix(", ")
        con.execute(
            f"create or replace temp table numbered_{side} as select *,"
            f" row_number() over (partition by {partition} order by {order}) as place"
            f" from left_{side}"
        )
    pairing = " and ".join(
        [
            "a.place = b.place",
            *(f'a."{name}" is not distinct from b."{name}"' for name in exact),
            *(f'(a."{name}" is null) = (b."{name}" is null)' for name in fractions),
        ]
    )
    con.execute(
        f"create or replace temp table pairs as select a, b from numbered_here as a"
        f" full outer join numbered_there as b on {pairing}"
    )
    wrong = []
    for name, kind in fractions.items():
        scale = FRACTION.fullmatch(kind)["scale"]
        allowed = "0"
        if scale is None or int(scale) > 2:
            least = tolerance * 10 if name in BALANCED else tolerance
            allowed = f'greatest({least}, {RELATIVE_TOLERANCE} * abs(a."{name}"))'
        gap = f'abs(cast(a."{name}" as decimal(38, 12)) - cast(b."{name}" as decimal(38, 12)))'
        if scale is None:
            gap = f'abs(a."{name}" - b."{name}")'
        count, largest = con.execute(
            f"select count(*), max({gap}) from pairs"
            f" where a.place is not null and b.place is not null and {gap} > {allowed}"
        ).fetchall()[0]
        if count:
            wrong.append(f"{gap} > {allowed}")
            said.faults.append(f"{name} differs in {count} rows, by {float(largest):g} at most")
    pairs = count_of(con, "from pairs where a.place is not null and b.place is not null")
    beyond = count_of(con, f"from pairs where {' or '.join(wrong)}") if wrong else 0
    said.rounded_rows = pairs - beyond
    alone = {
        "here": count_of(con, "from pairs where b.place is null"),
        "there": count_of(con, "from pairs where a.place is null"),
    }
    if any(alone.values()):
        culprits = _culprits(con, columns)
        said.faults.append(
            f"{alone['here']} rows only here and {alone['there']} only there{culprits}"
        )


def _culprits(con: duckdb.DuckDBPyConnection, columns: dict[str, str]) -> str:
    """Return which columns alone part rows that have no pair, with an example of each."""
    found = []
    for side, missing in (("here", "b"), ("there", "a")):
        own = "a" if side == "here" else "b"
        con.execute(
            f"create or replace temp table alone_{side} as"
            f" select unnest({own}) from pairs where {missing}.place is null"
        )
    for name in columns:
        others = ", ".join(
            f'round("{other}", 6) as "{other}"' if FRACTION.fullmatch(kind) else f'"{other}"'
            for other, kind in columns.items()
            if other != name
        )
        if not others:
            continue
        alike = f"select {others} from alone_here intersect all select {others} from alone_there"
        count = count_of(con, alike)
        if not count:
            continue
        join = " and ".join(
            f'round(x."{other}", 6) is not distinct from round(y."{other}", 6)'
            if FRACTION.fullmatch(kind)
            else f'x."{other}" is not distinct from y."{other}"'
            for other, kind in columns.items()
            if other != name
        )
        example = con.execute(
            f'select cast(x."{name}" as varchar), cast(y."{name}" as varchar)'
            f" from alone_here as x inner join alone_there as y on {join} limit 1"
        ).fetchall()
        values = f": {example[0][0]!r} and {example[0][1]!r}" if example else ""
        found.append(f"{name} alone parts {count} of them{values}")
    return "; " + "; ".join(found) if found else ""


def report(comparisons: Iterable[Comparison]) -> int:
    """Print a line for each table that differs, and the sum; return how many differ."""
    wrong = rows = tables = rounded = 0
    by_schema: dict[str, int] = defaultdict(int)
    for said in comparisons:
        tables += 1
        rows += said.rows
        rounded += said.rounded_rows
        by_schema[said.table.schema] += 1
        if said.faults:
            wrong += 1
            print(
                f"DIFFERS {said.table.schema}.{said.table.name}: {'. '.join(said.faults)}",
                flush=True,
            )
    listed = ", ".join(f"{count} of {schema}" for schema, count in by_schema.items())
    print(
        f"{tables - wrong} of {tables} tables are the same ({listed}), {rows} rows;"
        f" {rounded} rows differ in the last decimal alone."
    )
    return wrong


def main(arguments: list[str] | None = None) -> int:
    """Compare the tables that the arguments name; return 1 if any differs."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("engine", choices=("spark", "postgres"))
    parser.add_argument("--build", type=Path, default=Path("build/revops.duckdb"))
    parser.add_argument("--manifest", type=Path, default=Path("target/manifest.json"))
    parser.add_argument(
        "--warehouse",
        type=Path,
        default=Path(os.environ.get("REVOPS_SPARK_PATH", "build/spark")) / "warehouse",
        help="the folder of Spark's tables",
    )
    parser.add_argument("--suffix", default="", help="what the names of the schemas there end with")
    parser.add_argument("--schemas", nargs="+", default=list(SCHEMAS))
    parser.add_argument("--tables", nargs="+", help="only these, by name")
    said = parser.parse_args(arguments)
    read = (
        spark_reader(said.warehouse, said.suffix)
        if said.engine == "spark"
        else postgres_reader(said.suffix)
    )
    tables = [
        table
        for table in tables_built_there(said.manifest, said.schemas)
        if not said.tables or table.name in said.tables
    ]
    with duckdb.connect(str(said.build), read_only=True) as con:
        con.execute("set TimeZone = 'UTC'")
        return 1 if report(compare(con, table, read) for table in tables) else 0


if __name__ == "__main__":
    sys.exit(main())
