"""The demo company as dlt loads Pipedrive: the objects of its API v2 with the flow of v1.

The version 2 of the API has deals, people, organizations, pipelines and stages, and neither users
nor the flow of changes: `dlt` is what both of dlt's sources leave in one schema. `dlt_v1` is what
the older one leaves alone, which names the same facts otherwise, custom fields by their labels.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path

import duckdb

from generator.shapes.company import company
from generator.shapes.pipedrive_account import CHANNEL, FIELDS, Account, Record, Records, Value

SHAPES = ("dlt", "dlt_v1")

FILE = "pipedrive.duckdb"
SCHEMA = "pipedrive_data"
LOAD = "1767225600.482215"
V2 = ("deals", "persons", "organizations", "pipelines", "stages")
"""The objects that are loaded from the version 2 of the API, as `v2_deals` and so on."""

# Names that version 1 has for columns of version 2.
V1_NAMES = {
    "is_deleted": {"deals": "deleted"},
    "address__country": {"organizations": "address_country"},
    "postal_address__country": {"persons": "postal_address_country"},
    "label_ids": {"deals": "label", "persons": "label"},
}
# The ids that version 1 gives as an object: `user_id: {id: 9, name: …, value: 9}`.
V1_OBJECTS = {
    ("deals", "owner_id"): "user_id",
    ("deals", "person_id"): "person_id",
    ("deals", "org_id"): "org_id",
    ("persons", "owner_id"): "owner_id",
    ("persons", "org_id"): "org_id",
    ("organizations", "owner_id"): "owner_id",
}


def write(folder: Path, shape: str) -> None:
    """Write the demo company into the folder, in one of the shapes."""
    path = folder / FILE
    path.unlink(missing_ok=True)
    with duckdb.connect(str(path)) as database:
        database.execute(f"set TimeZone = 'UTC'; create schema {SCHEMA}")
        # dlt leaves the tables that it merges from beside the data.
        database.execute(f"create schema {SCHEMA}_staging")
        for name, rows in tables(shape).items():
            _write_table(database, path.parent / ".rows.csv", name, rows)
            database.execute(
                f"create table {SCHEMA}_staging.{name} as from {SCHEMA}.{name} limit 0"
            )


def tables(shape: str) -> dict[str, Records]:
    """Return the tables that dlt makes in one of the shapes."""
    made: dict[str, Records] = {}
    for name, rows in Account(company()).records.items():
        if shape == "dlt_v1":
            # The list of deals of version 1 has the archived ones too.
            table = "deals" if name == "deals_archived" else name
            loaded = [_v1_row(table, row) for row in rows]
        else:
            table = f"v2_{name}" if name in (*V2, "deals_archived") else name
            loaded = [_v2_row(row) for row in rows]
        for row in _children(table, loaded):
            made.setdefault(table, []).append(row)
        for child, children in _lists(table, loaded).items():
            made.setdefault(child, []).extend(children)
    made["custom_fields_mapping"] = list(_with_keys("custom_fields_mapping", _mapping()))
    return made


def _mapping() -> Records:
    """Return dlt's table of the fields that are not named as people call them."""
    return [
        {
            "endpoint": field.entity,
            "hash_string": field.key,
            "name": field.label,
            "normalized_name": _normalized(field.label),
            "options": json.dumps(field.options, ensure_ascii=False),
            "field_type": field.kind,
        }
        for field in FIELDS
    ]


def _normalized(label: str) -> str:
    """Return a label as dlt makes a column's name of it: letters with an accent are lost."""
    return "".join(
        letter if letter.isascii() and letter.isalnum() else "_" for letter in label
    ).lower()


def _v2_row(row: Record) -> Record:
    """Return a record with its custom fields as dlt flattens the object that version 2 has."""
    made = {name: value for name, value in row.items() if name != "custom_fields"}
    for key, value in (row.get("custom_fields") or {}).items():
        name = f"custom_fields__{_allowed(key)}"
        if isinstance(value, dict):
            made |= {f"{name}__{part}": inner for part, inner in value.items()}
        else:
            made[name] = value
    return made


def _allowed(key: str) -> str:
    """Return a key as dlt writes it in a name, which may not begin with a digit."""
    return f"_{key}" if key[0].isdigit() else key


def _v1_row(table: str, row: Record) -> Record:
    """Return a record as version 1 has it, with dlt's names and words for custom fields."""
    made: Record = {}
    for name, value in row.items():
        if name == "custom_fields":
            made |= _labelled(value)
        elif name == "is_deleted" and table not in V1_NAMES["is_deleted"]:
            made["active_flag"] = not value
        elif (table, name) in V1_OBJECTS:
            made |= _object(V1_OBJECTS[table, name], value)
        elif name not in ("is_archived", "archive_time", "is_deal_probability_enabled"):
            made[V1_NAMES.get(name, {}).get(table, name)] = value
    if table == "pipelines":
        made["deal_probability"] = row["is_deal_probability_enabled"]
        made["active"] = made.pop("active_flag")
    if table == "deals":
        # dlt writes the labels of options here too, though not in leads.
        made["channel"] = CHANNEL.options.get(str(row["channel"]))
        made["status"] = "deleted" if row["is_deleted"] else row["status"]
    return made


def _labelled(values: Record) -> Record:
    """Return custom fields under their labels, with the labels of options."""
    fields = {field.key: field for field in FIELDS}
    made: Record = {}
    for key, value in values.items():
        name = _normalized(fields[key].label)
        if isinstance(value, dict):
            made |= {name: value["value"], f"{_allowed(key)}_currency": value["currency"]}
        else:
            made[name] = fields[key].options.get(str(value), value)
    return made


def _object(name: str, value: Value) -> Record:
    if value is None:
        return {f"{name}__value": None}
    own = {f"{name}__id": value} if name in ("user_id", "owner_id") else {}
    return own | {f"{name}__value": value, f"{name}__name": "Somebody"}


# -- tables ----------------------------------------------------------------------------------------


def _with_keys(table: str, rows: Iterable[Record]) -> Iterable[Record]:
    """Yield rows with the columns that dlt adds."""
    for number, row in enumerate(rows):
        yield row | {"_dlt_load_id": LOAD, "_dlt_id": f"{table[:5]}{number:09}"}


def _children(table: str, rows: Records) -> Iterable[Record]:
    """Yield the rows of a table without the lists in them."""
    for row in _with_keys(table, rows):
        yield {name: value for name, value in row.items() if not isinstance(value, list)}


def _lists(table: str, rows: Records) -> dict[str, Records]:
    """Return the tables of the lists that lie in the rows of a table."""
    made: dict[str, Records] = {}
    for row in _with_keys(table, rows):
        for name, values in row.items():
            if isinstance(values, list):
                made.setdefault(f"{table}__{name}", []).extend(
                    {
                        "value": value,
                        "_dlt_root_id": row["_dlt_id"],
                        "_dlt_parent_id": row["_dlt_id"],
                        "_dlt_list_idx": place,
                        "_dlt_id": f"{row['_dlt_id']}{name[:2]}{place}",
                    }
                    for place, value in enumerate(values)
                )
    return made


def _write_table(
    database: duckdb.DuckDBPyConnection, scratch: Path, name: str, rows: Records
) -> None:
    """Write a table with the types that dlt finds; a column without any value does not exist."""
    kinds: dict[str, str] = {}
    for row in rows:
        for column, value in row.items():
            if value is not None and column not in kinds:
                kinds[column] = _kind(value)
    listed = ", ".join(f'"{column}" {kind}' for column, kind in kinds.items())
    database.execute(f"create table {SCHEMA}.{name} ({listed})")
    with scratch.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, quoting=csv.QUOTE_ALL, lineterminator="\n")
        writer.writerows([_cell(row.get(column)) for column in kinds] for row in rows)
    names = ", ".join(f"'c{place}': 'varchar'" for place in range(len(kinds)))
    casts = ", ".join(f"c{place}::{kind}" for place, kind in enumerate(kinds.values()))
    database.execute(
        f"insert into {SCHEMA}.{name} select {casts} from read_csv('{scratch}', "
        f"columns = {{{names}}}, auto_detect = false, header = false, delim = ',', "
        "quote = '\"', escape = '\"', nullstr = '', strict_mode = false)"
    )
    scratch.unlink()


def _kind(value: Value) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, datetime):
        return "timestamptz"
    if isinstance(value, int):
        return "bigint"
    return "double" if isinstance(value, float) else "varchar"


def _cell(value: Value) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}+00"
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value)
