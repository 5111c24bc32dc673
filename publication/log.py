"""The log of publications: the rows of quality.publications, and rollbacks that wait to be in it."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

import duckdb

Row = dict[str, Any]
# The columns of quality.publications, with their types.
COLUMNS = {
    "published_at": "timestamp",
    "published_path": "varchar",
    "table_count": "bigint",
    "view_count": "bigint",
    "row_count": "bigint",
    "kpi_count": "bigint",
    "reporting_date": "date",
    "byte_count": "bigint",
    "sha256": "varchar",
    "outcome": "varchar",
    "message": "varchar",
}


def now() -> datetime.datetime:
    """Return the moment, in UTC and without a zone, as the log has it."""
    return datetime.datetime.now(datetime.UTC).replace(tzinfo=None)


def row(outcome: str, published: Path, **facts: Any) -> Row:  # noqa: ANN401
    """Return a row of the log; what is not among the facts is null."""
    given = {
        "published_at": now(),
        "published_path": str(published),
        "outcome": outcome,
        **facts,
    }
    return {column: given.get(column) or None for column in COLUMNS}


def as_relation(con: duckdb.DuckDBPyConnection, rows: list[Row]) -> duckdb.DuckDBPyRelation:
    """Return rows as a relation with the log's types, also where a column is null in all of them."""
    columns = ", ".join(f"cast(? as {kind}) as {name}" for name, kind in COLUMNS.items())
    return con.sql(
        " union all ".join([f"select {columns}"] * len(rows)),
        params=[one[column] for one in rows for column in COLUMNS],
    )


def append(build: Path, row: Row) -> bool:
    """Add a row to the log in a build file; return False if there is no log that can take it."""
    if not build.exists():
        return False
    try:
        with duckdb.connect(str(build)) as con:
            for column in ("outcome", "message"):
                con.execute(
                    f"alter table quality.publications add column if not exists {column} varchar"
                )
            con.execute(
                f"insert into quality.publications ({', '.join(COLUMNS)}) "
                f"values ({', '.join('?' * len(COLUMNS))})",
                list(row.values()),
            )
    except duckdb.Error:
        return False
    return True


def note(path: Path, row: Row) -> None:
    """Keep a row in a file until the next publication takes it."""
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(row, default=str) + "\n")


def take_noted(path: Path) -> list[Row]:
    """Return the rows that were kept in a file, oldest first, and remove it."""
    if not path.exists():
        return []
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    path.unlink()
    return [{column: noted.get(column) for column in COLUMNS} for noted in rows]
