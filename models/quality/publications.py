"""The last node: writes marts and kpis into a new file and swaps it in for the published one.

Readers keep the file that they have open; whoever connects next sees the new one; nobody meets a
lock. Anything that fails upstream skips this node, and the last good file stays.
"""

import datetime
import hashlib
import os
import re
from pathlib import Path

import duckdb
import pandas as pd

SCHEMAS = ("marts", "kpis")
# The oldest DuckDB whose clients can open the file.
STORAGE_VERSION = "v1.2.0"


def model(dbt, session):
    """Publish, and return one row that says what was published."""
    dbt.config(materialized="incremental")
    dbt.ref("kpi_values")
    dbt.ref("kpi_catalog")
    dbt.ref("funnel")
    dbt.ref("unit_economics")
    dbt.ref("dim_campaigns")
    dbt.ref("dim_companies")
    dbt.ref("dim_contacts")
    dbt.ref("dim_owners")
    dbt.ref("dim_pipeline_stages")
    dbt.ref("fct_activities")
    dbt.ref("fct_deal_stage_entries")
    dbt.ref("fct_input_loads")
    dbt.ref("fct_input_load_months")
    dbt.ref("fct_won_to_billed")
    relations = set(dbt.ref("published_relations").fetchall())
    published = Path(os.environ.get("REVOPS_PUBLISHED_PATH", "published/revops.duckdb"))
    published.parent.mkdir(parents=True, exist_ok=True)
    next_file = published.with_name(f".{published.name}.next")
    # What a build that was killed may have left; two builds cannot meet here, since each of them
    # holds the build file.
    remove(next_file)
    try:
        # A cursor of its own: a transaction of DuckDB may write to one database only.
        counts = write(session.cursor(), next_file, relations)
        counts |= check(next_file)
        next_file.chmod(0o444)
        with next_file.open("rb") as content:
            checksum = hashlib.file_digest(content, "sha256").hexdigest()
        byte_count = next_file.stat().st_size
        os.replace(next_file, published)
    finally:
        remove(next_file)
    row = {
        "published_at": datetime.datetime.now(datetime.UTC).replace(tzinfo=None),
        "published_path": str(published),
        **counts,
        "byte_count": byte_count,
        "sha256": checksum,
    }
    return pd.DataFrame([row])


def remove(path):
    """Remove a database file and its write-ahead log, if they are there."""
    path.unlink(missing_ok=True)
    path.with_name(path.name + ".wal").unlink(missing_ok=True)


def write(con, path, relations):
    """Copy tables, views and comments into a new database file.

    `relations` are the pairs of schema and name that are copied, of the schemas SCHEMAS.
    """
    [[source]] = con.execute("select current_database()").fetchall()
    con.execute(f"attach '{quoted(path)}' as next (storage_version '{STORAGE_VERSION}')")
    try:
        tables = [
            (schema, table, comment)
            for schema, table, comment in con.execute(
                "select schema_name, table_name, comment from duckdb_tables() "
                "where database_name = ? order by schema_name, table_name",
                [source],
            ).fetchall()
            if (schema, table) in relations
        ]
        views = [
            (schema, view, comment, sql)
            for schema, view, comment, sql in con.execute(
                "select schema_name, view_name, comment, sql from duckdb_views() "
                "where database_name = ? and not internal order by schema_name, view_name",
                [source],
            ).fetchall()
            if (schema, view) in relations
        ]
        columns = con.execute(
            "select schema_name, table_name, column_name, comment from duckdb_columns() "
            "where database_name = ? and comment is not null",
            [source],
        ).fetchall()
        for schema in SCHEMAS:
            con.execute(f"create schema next.{schema}")
        row_count = 0
        for schema, table, _ in tables:
            con.execute(f'create table next.{schema}."{table}" as from {schema}."{table}"')
            [[rows]] = con.execute(f'select count(*) from next.{schema}."{table}"').fetchall()
            row_count += rows
        con.execute("use next")
        # A view names the database that it was made in; in the published file it must not.
        name = (
            rf'(?:"{re.escape(source)}"|\b{re.escape(source)})\.(?="?(?:{"|".join(SCHEMAS)})"?\.)'
        )
        create_views(con, [re.sub(name, "", sql) for *_, sql in views])
        comments = [
            *(("table", f'{schema}."{table}"', comment) for schema, table, comment in tables),
            *(("view", f'{schema}."{view}"', comment) for schema, view, comment, _ in views),
            *(
                ("column", f'{schema}."{relation}"."{column}"', comment)
                for schema, relation, column, comment in columns
                if (schema, relation) in relations
            ),
        ]
        for kind, target, comment in comments:
            if comment is not None:
                con.execute(f"comment on {kind} {target} is '{quoted(comment)}'")
    finally:
        con.execute(f'use "{source}"')
        con.execute("detach next")
    return {"table_count": len(tables), "view_count": len(views), "row_count": row_count}


def create_views(con, statements):
    """Create views that may read one another, in whatever order they are given.

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


def check(path):
    """Open the new file as a reader would and bind every view; raise if anything is wrong."""
    if path.with_name(path.name + ".wal").exists():
        raise RuntimeError(f"{path} has a write-ahead log: it would not open once it is moved")
    with duckdb.connect(str(path), read_only=True) as reader:
        relations = reader.execute(
            "select table_schema, table_name from information_schema.tables"
        ).fetchall()
        for schema, relation in relations:
            reader.execute(f'from {schema}."{relation}" limit 0')
        [[kpi_count]] = reader.execute(
            "select count(*) from kpis.kpi_catalog where status = 'available'"
        ).fetchall()
        [[reporting_date]] = reader.execute(
            "select max(reporting_date) from marts.dim_periods"
        ).fetchall()
    return {"kpi_count": kpi_count, "reporting_date": reporting_date}


def quoted(text):
    """Return the text with its single quotes doubled, for a SQL literal."""
    return str(text).replace("'", "''")
