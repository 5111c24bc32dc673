"""PostgreSQL: the hand-over by COPY, and the publication by renaming schemas.

Where the server is, say the variables that its own tools read: PGHOST, PGPORT, PGUSER, PGPASSWORD
and PGDATABASE.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import psycopg2
from psycopg2 import sql

from engines.handover import MARK, Table
from publication.errors import PublicationError

# A build fills schemas with this ending; a publication gives them their own names.
NEXT = "_next"
PREVIOUS = "_previous"
# All that a build leaves. Readers see the last three.
SCHEMAS = ("reference", "quality", "staging", "intermediate", "marts", "aggregates", "kpis")
READ = ("marts", "aggregates", "kpis")
READERS = "bi_reader"
# No table has an index, so a nested loop is never a gain, and compiling a query of a KPI takes
# longer than running it.
PLANNER = {"jit": "off", "enable_nestloop": "off"}
# DuckDB's types that PostgreSQL calls otherwise.
TYPES = {
    "VARCHAR": "text",
    "DOUBLE": "double precision",
    "FLOAT": "real",
    "HUGEINT": "numeric(38, 0)",
    "TINYINT": "smallint",
    "TIMESTAMP_NS": "timestamp",
    "TIMESTAMP_S": "timestamp",
    "TIMESTAMP_MS": "timestamp",
}
# Any number will do, as long as all builds take the same one.
LOCK = 7_386_001


def settings() -> dict[str, str]:
    """Return the environment variables that every connection of a build needs beside its own."""
    options = " ".join(f"-c {name}={value}" for name, value in PLANNER.items())
    return {"PGOPTIONS": f"{os.environ.get('PGOPTIONS', '')} {options}".strip()}


@contextmanager
def connected() -> Iterator[psycopg2.extensions.connection]:
    """Give a connection for one transaction.

    Raises:
        PublicationError: if the server cannot be reached, or refuses what is asked.

    """
    try:
        connection = psycopg2.connect("")
    except psycopg2.Error as error:
        message = f"PostgreSQL cannot be reached: {_said(error)}."
        raise PublicationError(message) from None
    try:
        with connection:
            yield connection
    except psycopg2.Error as error:
        message = f"PostgreSQL refused: {_said(error)}."
        raise PublicationError(message) from None
    finally:
        connection.close()


def _said(error: psycopg2.Error) -> str:
    """Return the server's words in one line."""
    said = " ".join(str(error).split()).removeprefix("ERROR: ")
    return said.rstrip(".") or type(error).__name__


@contextmanager
def alone() -> Iterator[None]:
    """Hold the lock of a build until it is over.

    Raises:
        PublicationError: if another build holds it, or a schema of a build's name is not a build's.

    """
    with connected() as connection, connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_lock(%s)", [LOCK])
        [[is_mine]] = cursor.fetchall()
        connection.commit()
        if not is_mine:
            message = "another build is running on this PostgreSQL."
            raise PublicationError(message)
        if foreign := _schemas_of_others(cursor):
            message = (
                f"the database has schemas of these names already, which no build made: "
                f"{', '.join(foreign)}. Rename them, or name another database in PGDATABASE."
            )
            raise PublicationError(message)
        yield


def _schemas_of_others(cursor: psycopg2.extensions.cursor) -> list[str]:
    """Return the schemas that a build would replace, and that no build has made."""
    names = [schema + ending for schema in SCHEMAS for ending in ("", NEXT, PREVIOUS)]
    cursor.execute(
        "select nspname from pg_namespace where nspname = any(%s) "
        "and obj_description(oid, 'pg_namespace') is distinct from %s order by nspname",
        [names, MARK],
    )
    return [name for (name,) in cursor.fetchall()]


def hand_over(build: Path, tables: list[Table]) -> int:
    """Copy tables of DuckDB's build file into the schemas of the next state.

    build       DuckDB's build file
    tables      what `engines.handover.tables_of` returns

    Returns the number of rows.
    """
    rows = 0
    with connected() as there, duckdb.connect(str(build), read_only=True) as here:
        cursor = there.cursor()
        for schema in SCHEMAS:
            name = sql.Identifier(schema + NEXT)
            cursor.execute(sql.SQL("drop schema if exists {} cascade").format(name))
            cursor.execute(sql.SQL("create schema {}").format(name))
            mark = sql.SQL("comment on schema {} is {}")
            cursor.execute(mark.format(name, sql.Literal(MARK)))
        for table in tables:
            name = sql.Identifier(table.schema + NEXT, table.name)
            source = f'"{table.schema}"."{table.name}"'
            columns = [
                sql.SQL("{} " + type_there(data_type)).format(sql.Identifier(column))
                for column, data_type, *_ in here.execute(f"describe {source}").fetchall()
            ]
            shape = sql.SQL(", ").join(columns)
            cursor.execute(sql.SQL("create table {} ({})").format(name, shape))
            with tempfile.TemporaryDirectory() as folder:
                file = Path(folder, "rows.csv")
                # In quotes an empty text is a text; without any it is null.
                here.execute(f"copy {source} to '{file}' (format csv, header false, force_quote *)")
                with file.open("rb") as lines:
                    copy = sql.SQL("copy {} from stdin (format csv)").format(name)
                    cursor.copy_expert(copy, lines)
            rows += cursor.rowcount
            cursor.execute(sql.SQL("analyze {}").format(name))
    return rows


def type_there(data_type: str) -> str:
    """Return PostgreSQL's name of one of DuckDB's types."""
    return TYPES.get(data_type, data_type.lower())


def publish() -> None:
    """Put the next state in the place of the present one, in one transaction.

    A query that runs ends with the rows that it began with. The state before stays as
    `<schema>_previous` until the next publication. The role `bi_reader` may read marts,
    aggregates and KPIs, and nothing else.
    """
    with connected() as connection:
        cursor = connection.cursor()
        for schema in SCHEMAS:
            now, before = sql.Identifier(schema), sql.Identifier(schema + PREVIOUS)
            cursor.execute(sql.SQL("drop schema if exists {} cascade").format(before))
            cursor.execute("select 1 from pg_namespace where nspname = %s", [schema])
            if cursor.fetchall():
                cursor.execute(sql.SQL("alter schema {} rename to {}").format(now, before))
            following = sql.Identifier(schema + NEXT)
            cursor.execute(sql.SQL("alter schema {} rename to {}").format(following, now))
        _let_read(cursor)


def _let_read(cursor: psycopg2.extensions.cursor) -> None:
    """Give the role of the readers what it may read; make it if it is missing."""
    role = sql.Identifier(READERS)
    cursor.execute("select 1 from pg_roles where rolname = %s", [READERS])
    if not cursor.fetchall():
        cursor.execute(sql.SQL("create role {} nologin").format(role))
        # A role takes settings when it logs in.
        for name, value in {**PLANNER, "default_transaction_read_only": "on"}.items():
            setting = sql.SQL("alter role {} set {} = {}")
            cursor.execute(setting.format(role, sql.Identifier(name), sql.Literal(value)))
    schemas = sql.SQL(", ").join(map(sql.Identifier, READ))
    for right in ("usage on schema {}", "select on all tables in schema {}"):
        cursor.execute(sql.SQL("grant " + right + " to {}").format(schemas, role))


def published() -> str:
    """Return where the published KPIs are, for people."""
    with connected() as connection:
        found = connection.get_dsn_parameters()
    place = found.get("host") or "this machine"
    return f"the database {found['dbname']} on {place}"


def counted() -> tuple[int, int, int]:
    """Return the published rows read, the KPIs, and those of them with figures."""
    with connected() as connection, connection.cursor() as cursor:
        cursor.execute(
            "select (select coalesce(sum(row_count), 0) from marts.fct_input_loads), "
            "(select count(*) from kpis.kpi_catalog where status = 'available'), "
            "(select count(distinct kpi) from kpis.kpi_values where value is not null)"
        )
        [[rows, kpis, with_figures]] = cursor.fetchall()
    return int(rows), int(kpis), int(with_figures)


def next_steps() -> list[str]:
    """Return what to do next, for people."""
    return [
        f"{READERS} is a role that may read {', '.join(READ)}, and change nothing;",
        f"alter role {READERS} login password '...' lets your BI tool log in as it",
        "quality.broken_records says which rows the gate found broken, and why",
        "docs/scaling.md says what differs from a build in DuckDB",
    ]
