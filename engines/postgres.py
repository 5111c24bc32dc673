from __future__ import annotations

import os
import tempfile
from pathlib import Path

import duckdb
import psycopg2

from engines.handover import Table

TYPES = {
    "VARCHAR": "text",
    "DOUBLE": "double precision",
    "FLOAT": "real",
    "HUGEINT": "numeric(38, 0)",
    "TINYINT": "smallint",
}


def type_there(duckdb_type: str) -> str:
    return TYPES.get(duckdb_type, duckdb_type.lower())


def hand_over(build: Path, tables: list[Table], suffix: str) -> int:
    rows = 0
    with psycopg2.connect("") as there, duckdb.connect(str(build), read_only=True) as here, there.cursor() as cursor:
        for schema in sorted({t.schema for t in tables}):
            cursor.execute(f'drop schema if exists "{schema}{suffix}" cascade')
            cursor.execute(f'create schema "{schema}{suffix}"')
        for table in tables:
            columns = here.execute(f'describe "{table.schema}"."{table.name}"').fetchall()
            shape = ", ".join(f'"{c[0]}" {type_there(c[1])}' for c in columns)
            cursor.execute(f'create table "{table.schema}{suffix}"."{table.name}" ({shape})')
            with tempfile.NamedTemporaryFile(suffix=".csv") as file:
                here.execute(f"copy \"{table.schema}\".\"{table.name}\" to '{file.name}' (format csv, header false, force_quote *, nullstr '')")
                with open(file.name, "rb") as lines:
                    cursor.copy_expert(f'copy "{table.schema}{suffix}"."{table.name}" from stdin (format csv)', lines)
            rows += cursor.rowcount
            cursor.execute(f'analyze "{table.schema}{suffix}"."{table.name}"')
    return rows
