"""Hand tables over to Spark: as Parquet files, which dbt names as tables there."""

from __future__ import annotations

import json
import shutil
from collections import defaultdict
from pathlib import Path

import duckdb
from dbt.cli.main import dbtRunner

from engines.handover import Table

# What Spark reads as another type, or not at all: a moment without a zone is not its `timestamp`.
TYPES = {
    "HUGEINT": "DECIMAL(38, 0)",
    "UBIGINT": "DECIMAL(20, 0)",
    "UINTEGER": "BIGINT",
    "USMALLINT": "INTEGER",
    "UTINYINT": "INTEGER",
    "TIMESTAMP": "TIMESTAMPTZ",
    "TIME": "VARCHAR",
    "UUID": "VARCHAR",
}


def write_files(build: Path, tables: list[Table], folder: Path) -> int:
    """Write each table into `<folder>/<schema>/<table>/` and return the number of their rows.

    Args:
        build: the DuckDB file that holds the tables.
        tables: what is handed over.
        folder: emptied first; every executor of the cluster must see it under this path.
    """
    shutil.rmtree(folder, ignore_errors=True)
    rows = 0
    with duckdb.connect(str(build), read_only=True) as here:
        here.execute("set TimeZone = 'UTC'")
        for table in tables:
            name = f'"{table.schema}"."{table.name}"'
            columns = ", ".join(
                f'cast("{column}" as {TYPES.get(kind, kind)}) as "{column}"'
                for column, kind, *_ in here.execute(f"describe {name}").fetchall()
            )
            file = folder / table.schema / table.name / "all.parquet"
            file.parent.mkdir(parents=True)
            query = f"copy (select {columns} from {name}) to '{file}' (format parquet)"
            rows += here.execute(query).fetchall()[0][0]
    return rows


def hand_over(build: Path, tables: list[Table], folder: Path, target: str = "spark") -> int:
    """Write the tables as files, name them as tables of dbt's target, and return the number of rows.

    Raises:
        RuntimeError: dbt cannot name a file as a table there.
    """
    rows = write_files(build, tables, folder.resolve())
    schemas: dict[str, dict[str, str]] = defaultdict(dict)
    for table in tables:
        schemas[table.schema][table.name] = str(folder.resolve() / table.schema / table.name)
    result = dbtRunner().invoke(
        [
            *("--quiet", "run-operation", "name_files_as_tables", "--target", target),
            *("--args", json.dumps({"schemas": schemas})),
        ]
    )
    if not result.success:
        message = f"The tables could not be handed over to {target}."
        raise RuntimeError(message) from result.exception
    return rows
