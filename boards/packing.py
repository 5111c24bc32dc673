"""Pack rows for a page: as columns, in which a text that occurs twice is written once.

Texts are `{"texts": [...], "places": [...]}`, numbers `{"numbers": [...]}`.
"""

from __future__ import annotations

import datetime
import decimal
from typing import Any

TYPES_OF_NUMBERS = ("DECIMAL", "BIGINT", "INTEGER", "DOUBLE", "HUGEINT", "FLOAT", "SMALLINT")


def packed(columns: dict[str, Any], types: dict[str, str]) -> dict[str, Any]:
    """Return columns of values as JSON can hold them in little room."""
    count = len(next(iter(columns.values()), ()))
    return {
        "count": count,
        "columns": {name: packed_column(values, types[name]) for name, values in columns.items()},
    }


def packed_column(values: tuple, kind: str) -> dict[str, list]:
    """Return one column: numbers as they are, everything else by its place in a list."""
    if kind.startswith(TYPES_OF_NUMBERS):
        return {"numbers": [_number(value) for value in values]}
    texts = [None if value is None else plain(value) for value in values]
    known = sorted({text for text in texts if text is not None}, key=str)
    places = {text: place for place, text in enumerate(known)}
    return {"texts": known, "places": [-1 if text is None else places[text] for text in texts]}


def _number(value: Any) -> int | float | None:  # noqa: ANN401
    """Return a number of the database as the shortest one of JSON that is the same."""
    if value is None:
        return None
    if isinstance(value, decimal.Decimal):
        value = float(value)
    return int(value) if float(value).is_integer() else value


def plain(value: Any) -> str | bool:  # noqa: ANN401
    """Return a text, a day, a moment or a truth value as JSON can hold it."""
    if isinstance(value, bool):
        return value
    if isinstance(value, datetime.datetime):
        return value.replace(microsecond=0).isoformat()
    return str(value)


def unpacked(rows: dict[str, Any]) -> dict[str, list]:
    """Return the columns of packed rows as lists."""
    return {
        name: column["numbers"]
        if "numbers" in column
        else [None if place < 0 else column["texts"][place] for place in column["places"]]
        for name, column in rows["columns"].items()
    }
