"""Answers of an API as dlt writes them into DuckDB.

An object in an object becomes columns (`a__b`), a list becomes a table of its own whose rows name
their parent (`_dlt_parent_id`), and a column without any value does not exist. One load is one
`_dlt_load_id`; tables that are replaced by each load have one row per object.
"""

from __future__ import annotations

import json
import tempfile
from collections import defaultdict
from hashlib import sha256
from pathlib import Path
from typing import Any

import duckdb

TYPES = {bool: "boolean", int: "bigint", float: "double", str: "varchar"}

Rows = dict[str, list[dict[str, Any]]]


def normalise(answers: dict[str, list[dict[str, Any]]], load_id: str) -> Rows:
    """Return the rows of all tables."""
    tables: Rows = defaultdict(list)
    for table, things in answers.items():
        for thing in things:
            key = _key(load_id, table, thing["id"])
            _add(tables, table, thing, {"_dlt_load_id": load_id}, key)
    return tables


def _key(*parts: str | int) -> str:
    return sha256("/".join(map(str, parts)).encode()).hexdigest()[:14]


def _add(tables: Rows, table: str, thing: dict[str, Any], fixed: dict[str, Any], key: str) -> None:
    row: dict[str, Any] = {}
    lists: dict[str, list[Any]] = {}
    _flatten(thing, "", row, lists)
    tables[table].append(row | fixed | {"_dlt_id": key})
    for name, values in lists.items():
        for place, value in enumerate(values):
            child = value if isinstance(value, dict) else {"value": value}
            ties = {"_dlt_parent_id": key, "_dlt_list_idx": place}
            _add(tables, f"{table}__{name}", child, ties, _key(key, name, place))


def _flatten(
    thing: dict[str, Any], prefix: str, row: dict[str, Any], lists: dict[str, list[Any]]
) -> None:
    for name, value in thing.items():
        if isinstance(value, dict):
            _flatten(value, f"{prefix}{name}__", row, lists)
        elif isinstance(value, list):
            lists[prefix + name] = value
        elif value is not None:
            row[prefix + name] = value


def write(path: Path, schema: str, tables: Rows) -> None:
    """Write the tables into a schema of a DuckDB file."""
    with duckdb.connect(str(path)) as con, tempfile.TemporaryDirectory() as folder:
        con.execute(f'drop schema if exists "{schema}" cascade')
        con.execute(f'create schema "{schema}"')
        for table, rows in tables.items():
            types: dict[str, str] = {}
            for row in rows:
                types |= {name: TYPES[type(value)] for name, value in row.items()}
            file = Path(folder) / f"{table}.json"
            file.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
            con.execute(
                f'create table "{schema}"."{table}" as select * from '
                "read_json(?, columns = ?, format = 'newline_delimited')",
                [str(file), types],
            )
