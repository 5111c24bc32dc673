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
    dbt.ref("dim_campaigns")
    dbt.ref("dim_companies")
    dbt.ref("dim_contacts")
    dbt.ref("dim_owners")
    dbt.ref("dim_pipeline_stages")
    dbt.ref("fct_activities")
    dbt.ref("fct_deal_stage_entries")
    dbt.ref("fct_input_loads")
    published = Path(os.environ.get("REVOPS_PUBLISHED_PATH", "published/revops.duckdb"))
    published.parent.mkdir(parents=True, exist_ok=True)
    next_file = published.with_name(f".{published.name}.{os.getpid()}.next")
    remove(next_file)
    try:
        # A cursor of its own: a transaction of DuckDB may write to one database only.
        counts = write(session.cursor(), next_file)
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


def write(con, path):
    """Copy the tables, views and comments of the published schemas into a new database file."""
    [[source]] = con.execute("select current_database()").fetchall()
    con.execute(f"attach '{quoted(path)}' as next (storage_version '{STORAGE_VERSION}')")
    try:
        tables = con.execute(
            "select schema_name, table_name from duckdb_tables() where database_name = ? "
            "and schema_name in ? order by schema_name, table_name",
            [source, SCHEMAS],
        ).fetchall()
        # Views in the order of their creation, so that each finds the ones that it reads.
        views = con.execute(
            "select schema_name, view_name, sql from duckdb_views() where database_name = ? "
            "and schema_name in ? and not internal order by view_oid",
            [source, SCHEMAS],
        ).fetchall()
        comments = con.execute(
            "select 'table', schema_name, table_name, null, comment from duckdb_tables() "
            "where database_name = $source and schema_name in $schemas and comment is not null "
            "union all select 'view', schema_name, view_name, null, comment from duckdb_views() "
            "where database_name = $source and schema_name in $schemas and comment is not null "
            "union all select 'column', schema_name, table_name, column_name, comment "
            "from duckdb_columns() "
            "where database_name = $source and schema_name in $schemas and comment is not null",
            {"source": source, "schemas": SCHEMAS},
        ).fetchall()
        for schema in SCHEMAS:
            con.execute(f"create schema next.{schema}")
        row_count = 0
        for schema, table in tables:
            con.execute(f'create table next.{schema}."{table}" as from {schema}."{table}"')
            [[rows]] = con.execute(f'select count(*) from next.{schema}."{table}"').fetchall()
            row_count += rows
        con.execute("use next")
        # A view names the database that it was made in; in the published file it must not.
        name = (
            rf'(?:"{re.escape(source)}"|\b{re.escape(source)})\.(?="?(?:{"|".join(SCHEMAS)})"?\.)'
        )
        for _, _, sql in views:
            con.execute(re.sub(name, "", sql))
        for kind, schema, relation, column, comment in comments:
            target = f'{schema}."{relation}"' + (f'."{column}"' if column else "")
            con.execute(f"comment on {kind} {target} is '{quoted(comment)}'")
        con.execute(f'use "{source}"')
    finally:
        con.execute(f'use "{source}"')
        con.execute("detach next")
    return {"table_count": len(tables), "view_count": len(views), "row_count": row_count}


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
