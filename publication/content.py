"""Write tables, views, macros and descriptions into a database file, and check it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from publication.errors import PublicationError
from publication.target import log_of

SCHEMAS = ("marts", "aggregates", "kpis")
# The oldest DuckDB whose clients can open the file.
STORAGE_VERSION = "v1.2.0"


@dataclass(frozen=True)
class Relation:
    """A table or view that is published, with the descriptions of it and its columns."""

    schema: str
    name: str
    description: str
    column_descriptions: dict[str, str]

    @property
    def sql(self) -> str:
        """The relation's name in SQL, without a database."""
        return f'{self.schema}."{self.name}"'

    @property
    def macros(self) -> dict[str, str]:
        """The table macros that may stand beside the relation, each with what it gives."""
        beside = {f"{self.name}_by": "By any cuts.", f"{self.name}_rows": "The rows behind it."}
        if self.schema == "kpis" and self.name.startswith("kpi_"):
            beside[f"rows_of_{self.name.removeprefix('kpi_')}"] = "The rows behind it."
        return beside


def relations(rows: Iterable[tuple[str, str, str, str]]) -> list[Relation]:
    """Return the rows of the model `published_relations` as relations."""
    return [
        Relation(schema, name, description, json.loads(columns))
        for schema, name, description, columns in rows
    ]


def write(con: duckdb.DuckDBPyConnection, path: Path, relations: Iterable[Relation]) -> None:
    """Copy tables and views into a new database file, and describe them in comments.

    A relation that the database of `con` does not have is left out.
    """
    [[source]] = con.execute("select current_database()").fetchall()
    con.execute(f"attach '{quoted(path)}' as next (storage_version '{STORAGE_VERSION}')")
    leave = (f'use "{source}"', "detach next")
    try:
        tables = set(
            con.execute(
                "select schema_name, table_name from duckdb_tables() where database_name = ?",
                [source],
            ).fetchall()
        )
        views = {
            (schema, view): sql
            for schema, view, sql in con.execute(
                "select schema_name, view_name, sql from duckdb_views() "
                "where database_name = ? and not internal",
                [source],
            ).fetchall()
        }
        columns = set(
            con.execute(
                "select schema_name, table_name, column_name from duckdb_columns() "
                "where database_name = ?",
                [source],
            ).fetchall()
        )
        macros = {
            (schema, macro): (parameters, sql)
            for schema, macro, parameters, sql in con.execute(
                "select schema_name, function_name, parameters, macro_definition "
                "from duckdb_functions() "
                "where database_name = ? and function_type = 'table_macro'",
                [source],
            ).fetchall()
        }
        copied = [one for one in relations if (one.schema, one.name) in tables]
        created = [one for one in relations if (one.schema, one.name) in views]
        for schema in SCHEMAS:
            con.execute(f"create schema next.{schema}")
        keys = {
            (schema, table): columns
            for schema, table, columns in con.execute(
                "select schema_name, table_name, constraint_column_names "
                "from duckdb_constraints() "
                "where database_name = ? and constraint_type = 'PRIMARY KEY'",
                [source],
            ).fetchall()
        }
        for table in copied:
            con.execute(f"create table next.{table.sql} as from {table.sql}")
            # An index that is made of a whole table takes a quarter of the time of one that grows.
            if key := keys.get((table.schema, table.name)):
                names = ", ".join(f'"{column}"' for column in key)
                con.execute(f"alter table next.{table.sql} add primary key ({names})")
        con.execute("use next")
        # A view names the database that it was made in; in the published file it must not.
        name = (
            rf'(?:"{re.escape(source)}"|\b{re.escape(source)})\.(?="?(?:{"|".join(SCHEMAS)})"?\.)'
        )
        # One transaction, so that the disk is waited for once and not for each comment.
        con.execute("begin transaction")
        create_in_order(con, [re.sub(name, "", views[one.schema, one.name]) for one in created])
        beside = [
            (one.schema, macro, f"{gives} {one.description}")
            for one in relations
            for macro, gives in one.macros.items()
            if (one.schema, macro) in macros
        ]
        create_in_order(
            con,
            [
                f'create macro {schema}."{macro}"({", ".join(parameters)}) as table '
                + re.sub(name, "", sql)
                for schema, macro, _ in beside
                for parameters, sql in [macros[schema, macro]]
            ],
        )
        for schema, macro, description in beside:
            describe(con, "macro table", f'{schema}."{macro}"', description)
        for kind, described in (("table", copied), ("view", created)):
            for one in described:
                describe(con, kind, one.sql, one.description)
                for column, description in one.column_descriptions.items():
                    if (one.schema, one.name, column) in columns:
                        describe(con, "column", f'{one.sql}."{column}"', description)
        con.execute("commit")
        con.execute("checkpoint next")
    except duckdb.Error:
        # The first error is the one to show: the others only follow from it.
        for statement in ("rollback", *leave):
            with suppress(duckdb.Error):
                con.execute(statement)
        raise
    for statement in leave:
        con.execute(statement)


def describe(con: duckdb.DuckDBPyConnection, kind: str, name: str, description: str) -> None:
    """Write a description as the comment on a table, view or column, if there is one."""
    if description:
        con.execute(f"comment on {kind} {name} is '{quoted(description)}'")


def create_in_order(con: duckdb.DuckDBPyConnection, statements: list[str]) -> None:
    """Create views or macros that may read one another, in whatever order they are given.

    Their order in the catalogue is not that of their creation once the file was opened again.
    """
    while statements:
        refused = {}
        for statement in statements:
            try:
                con.execute(statement)
            except duckdb.CatalogException as error:
                refused[statement] = error
        if len(refused) == len(statements):
            raise next(iter(refused.values()))
        statements = list(refused)


def check(path: Path) -> dict[str, Any]:
    """Open the new file as a reader would, bind all views and macros, and return what it holds.

    Returns table_count, view_count, row_count (of all tables), kpi_count and reporting_date. Raises
    duckdb.Error if a view or a macro cannot be read, PublicationError if the file is not whole.
    """
    if log_of(path).exists():
        raise PublicationError(
            f"{path} has a write-ahead log: it would not be whole once it is moved."
        )
    with duckdb.connect(str(path), read_only=True) as reader:
        found = reader.execute(
            "select table_schema, table_name, table_type = 'VIEW' from information_schema.tables"
        ).fetchall()
        row_count = 0
        for schema, relation, is_view in found:
            if is_view:
                reader.execute(f'from {schema}."{relation}" limit 0')
                continue
            [[rows]] = reader.execute(f'select count(*) from {schema}."{relation}"').fetchall()
            row_count += rows
        for schema, macro, parameters in reader.execute(
            "select schema_name, function_name, parameters from duckdb_functions() "
            "where function_type = 'table_macro' and not internal"
        ).fetchall():
            nothing = ", ".join("[]" if name == "cuts" else "null" for name in parameters)
            reader.execute(f'from {schema}."{macro}"({nothing}) limit 0')
        [[kpi_count]] = reader.execute(
            "select count(*) from kpis.kpi_catalog where status = 'available'"
        ).fetchall()
        [[reporting_date]] = reader.execute(
            "select max(reporting_date) from marts.dim_periods"
        ).fetchall()
    view_count = sum(is_view for *_, is_view in found)
    return {
        "table_count": len(found) - view_count,
        "view_count": view_count,
        "row_count": row_count,
        "kpi_count": kpi_count,
        "reporting_date": reporting_date,
    }


def quoted(text: object) -> str:
    """Return the text with its single quotes doubled, for a SQL literal."""
    return str(text).replace("'", "''")
