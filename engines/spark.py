"""Spark: the hand-over as Parquet files, and the publication by views to the schemas of a build.

The output `spark` of profiles.yml says where Spark is: all that is asked of it goes through dbt.
On this machine it keeps its files in the folder REVOPS_SPARK_PATH; on a cluster the executors read
the hand-over from there too.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import yaml
from dbt.adapters.factory import get_adapter_by_type
from dbt.cli.main import dbtRunner
from dbt_common.exceptions import DbtBaseException

from engines.handover import MARK, Table
from publication.errors import PublicationError

# Readers see these. Spark cannot rename a schema, so they hold views to the schemas of a build.
READ = ("marts", "aggregates", "kpis")
# A build is made in schemas of its own, with the moment of its beginning at the end of their names.
OF_BUILD = re.compile(
    r"(reference|quality|staging|intermediate|marts|aggregates|kpis)_(?P<moment>\d{8}_\d{6})"
)
# Spark reads these as another type, or not at all: a moment without a zone is no `timestamp` there.
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


def home() -> Path:
    """Return the folder of all that Spark keeps on this machine."""
    return Path(os.environ.get("REVOPS_SPARK_PATH", "build/spark")).resolve()


def settings() -> dict[str, str]:
    """Return the environment variables of a build: the ending of its schemas."""
    return {"REVOPS_SPARK_BUILD": time.strftime("%Y%m%d_%H%M%S", time.gmtime())}


def is_inside() -> bool:
    """Return whether Spark runs inside of dbt's process, by the output of profiles.yml."""
    profiles = Path(os.environ.get("DBT_PROFILES_DIR", "."), "profiles.yml")
    outputs = yaml.safe_load(profiles.read_text(encoding="utf-8"))["revops"]["outputs"]
    return outputs["spark"]["method"] == "session"


def has_java() -> bool:
    """Return whether there is a Java that Spark would start, as its own scripts look for it."""
    home_of_java = os.environ.get("JAVA_HOME")
    java = Path(home_of_java, "bin", "java") if home_of_java else "java"
    return shutil.which(java) is not None


@contextmanager
def alone() -> Iterator[None]:
    """Hold the lock of a build until it is over.

    Raises:
        PublicationError: if another build on this machine holds it, or Spark cannot start here.

    """
    if is_inside() and not has_java():
        message = "Spark needs Java 17 here, and there is no java: install it, or set JAVA_HOME."
        raise PublicationError(message)
    home().mkdir(parents=True, exist_ok=True)
    with (home() / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            message = "another build is running on this Spark."
            raise PublicationError(message) from None
        yield


def hand_over(build: Path, tables: list[Table]) -> int:
    """Write tables of DuckDB's build file as Parquet, and name the files as tables there.

    build       DuckDB's build file
    tables      what `engines.handover.tables_of` returns

    Returns the number of rows.

    Raises:
        PublicationError: if dbt cannot name them there, or a schema that readers shall see is not a
            build's.

    """
    moment = os.environ["REVOPS_SPARK_BUILD"]
    folder = home() / "handover" / moment
    rows = write_files(build, tables, folder)
    schemas: dict[str, dict[str, str]] = defaultdict(dict)
    for table in tables:
        place = folder / table.schema / table.name
        schemas[f"{table.schema}_{moment}"][table.name] = str(place)
    target_path = Path(os.environ.get("DBT_TARGET_PATH", "target"), "spark")
    outcome = dbtRunner().invoke(
        [
            *("--log-level", "none", "run-operation", "name_files_as_tables", "--target", "spark"),
            *("--target-path", str(target_path), "--args", json.dumps({"schemas": schemas})),
        ]
    )
    if not outcome.success:
        said = str(outcome.exception or "the log of dbt says why").strip().rstrip(".")
        message = f"Spark cannot read what was handed over: {said}."
        raise PublicationError(message)
    if foreign := _schemas_of_others():
        message = (
            f"Spark has schemas of these names already, which no build made: {', '.join(foreign)}."
        )
        raise PublicationError(message)
    return rows


def _schemas_of_others() -> list[str]:
    """Return the schemas that a publication would fill with views, and that none has made."""
    there = {schema for [schema] in ask("show schemas")}
    comments = {
        schema: {row[0]: row[1] for row in ask(f"describe schema {schema}")}.get("Comment")
        for schema in READ
        if schema in there
    }
    return [schema for schema, comment in comments.items() if comment != MARK]


def write_files(build: Path, tables: list[Table], folder: Path) -> int:
    """Write each table into `<folder>/<schema>/<table>/`, and return the number of their rows."""
    rows = 0
    with duckdb.connect(str(build), read_only=True) as here:
        here.execute("set TimeZone = 'UTC'")
        for table in tables:
            source = f'"{table.schema}"."{table.name}"'
            columns = ", ".join(
                f'cast("{column}" as {TYPES.get(data_type, data_type)}) as "{column}"'
                for column, data_type, *_ in here.execute(f"describe {source}").fetchall()
            )
            place = folder / table.schema / table.name
            place.mkdir(parents=True)
            query = (
                f"copy (select {columns} from {source}) to '{place}/all.parquet' (format parquet)"
            )
            [[count]] = here.execute(query).fetchall()
            rows += count
    return rows


def ask(query: str) -> list[tuple]:
    """Send a query to where dbt built last in this process, and return its rows.

    Raises:
        PublicationError: if Spark refuses it.

    """
    adapter = get_adapter_by_type("spark")
    try:
        with adapter.connection_named("engines.spark"):
            _, found = adapter.execute(query, fetch=True)
    except DbtBaseException as error:
        # Its message begins with a word in brackets, and ends with a plan.
        said = re.search(r"\[[A-Z_.]+\] (.+)", str(error))
        message = f"Spark refused: {said[1] if said else error}"
        raise PublicationError(message) from None
    return [tuple(row) for row in found.rows]


def publish() -> None:
    """Let the views of marts, aggregates and kpis read the tables of this build.

    Each view is replaced at once, all of them within some seconds. The tables that they read before
    stay until the next publication, so that a query that runs can end.
    """
    moment = os.environ["REVOPS_SPARK_BUILD"]
    before = published_moment()
    for schema in READ:
        ask(f"create schema if not exists {schema} comment '{MARK}'")
        tables = [row[1] for row in ask(f"show tables in {schema}_{moment}")]
        for table in tables:
            source = f"{schema}_{moment}.{table}"
            ask(f"create or replace view {schema}.{table} as select * from {source}")
        for _, view, *_ in ask(f"show views in {schema}"):
            if view not in tables:
                ask(f"drop view {schema}.{view}")
    for [schema] in ask("show schemas"):
        found = OF_BUILD.fullmatch(schema)
        if found and found["moment"] not in (moment, before):
            ask(f"drop schema {schema} cascade")
            shutil.rmtree(home() / "handover" / found["moment"], ignore_errors=True)


def published_moment() -> str | None:
    """Return the moment of the build that the views read; None without a publication."""
    schemas = {schema for [schema] in ask("show schemas")}
    views = [row[1] for row in ask("show views in kpis")] if "kpis" in schemas else []
    if not views:
        return None
    [[text]] = ask(f"show create table kpis.{views[0]}")
    found = OF_BUILD.search(text)
    return found["moment"] if found else None


def published() -> str:
    """Return where the published KPIs are, for people."""
    return "the schemas marts, aggregates and kpis of Spark"


def counted() -> tuple[int, int, int]:
    """Return the published rows read, the KPIs, and those of them with figures."""
    [[rows, kpis, with_figures]] = ask(
        "select (select coalesce(sum(row_count), 0) from marts.fct_input_loads), "
        "(select count(*) from kpis.kpi_catalog where status = 'available'), "
        "(select count(distinct kpi) from kpis.kpi_values where value is not null)"
    )
    return int(rows), int(kpis), int(with_figures)


def next_steps() -> list[str]:
    """Return what to do next, for people."""
    return [
        f"its tables are Parquet files in {home()}, unless profiles.yml names a cluster",
        "docs/scaling.md says what differs from a build in DuckDB",
    ]
