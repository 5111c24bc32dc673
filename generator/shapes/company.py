"""The demo company's rows in memory, without those that the gate must reject."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import cache

from generator.__main__ import SEED, generate
from generator.tables import columns

Rows = list[dict[str, str | None]]
"""Rows of one table: column name to text; None where the demo's CSV has an empty cell."""


class MemorySink:
    """Keep the rows of every table."""

    def __init__(self) -> None:
        self.tables: dict[str, Rows] = defaultdict(list)

    def write(self, table: str, rows: Iterable[tuple[str, ...]]) -> None:
        """Append rows, each in the column order of the table."""
        names = list(columns(table))
        self.tables[table] += [
            {name: cell or None for name, cell in zip(names, row, strict=True)} for row in rows
        ]


@cache
def company() -> dict[str, Rows]:
    """Return the demo company, by table of `generator.tables`; do not change its rows."""
    sink = MemorySink()
    generate(sink, SEED, 1, with_rejects=False)
    tables = dict(sink.tables)
    # No vendor says in a column that a loader brings which mail a machine wrote.
    tables["activities"] = [row for row in tables["activities"] if row["is_automated"] != "true"]
    return tables
