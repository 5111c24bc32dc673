"""The log of publications: the rows of quality.publications, and rollbacks that wait for it."""

from __future__ import annotations

import datetime
import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import duckdb

from publication.errors import reason

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
    return {column: given.get(column) for column in COLUMNS}


def as_relation(con: duckdb.DuckDBPyConnection, rows: list[Row]) -> duckdb.DuckDBPyRelation:
    """Return rows as a relation with the log's types, also where a column is all null."""
    columns = ", ".join(f"cast(? as {kind}) as {name}" for name, kind in COLUMNS.items())
    return con.sql(
        " union all ".join([f"select {columns}"] * len(rows)),
        params=[one[column] for one in rows for column in COLUMNS],
    )


def append_or_note(build: Path, note: Path, row: Row) -> str:
    """Add a row to the log of a build file, or to the file `note`, and say where it is.

    There may be no build file, or a build that has it open: the next publication takes the row from
    the file `note`.
    """
    try:
        if not build.exists():
            raise FileNotFoundError
        with duckdb.connect(str(build)) as con:
            # A log of an older version of the project lacks them.
            for column in ("outcome", "message"):
                con.execute(
                    f"alter table quality.publications add column if not exists {column} varchar"
                )
            con.execute(
                f"insert into quality.publications ({', '.join(COLUMNS)}) "
                f"values ({', '.join('?' * len(COLUMNS))})",
                list(row.values()),
            )
    except (OSError, duckdb.Error):
        pass
    else:
        return f"quality.publications of {build} says so."
    try:
        with note.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row, default=str) + "\n")
    except OSError as error:
        return f"It could not be logged: {reason(error)}."
    return "The next publication writes it into quality.publications."


def noted(path: Path) -> list[Row]:
    """Return the rows that were kept in a file, oldest first; a line that is no row is left out."""
    rows = []
    if path.exists():
        for line in path.read_text(encoding="utf-8").splitlines():
            with suppress(ValueError, AttributeError):
                kept = json.loads(line)
                rows.append({column: kept.get(column) for column in COLUMNS})
    return rows
