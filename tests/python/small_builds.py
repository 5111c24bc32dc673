"""Build files of a few tables, for tests that publish many times or in processes of their own."""

from pathlib import Path

import duckdb

from publication import content, log

ROWS = 5_000
RELATIONS = [
    content.Relation("marts", "dim_periods", "Periods. One row per period.", {}),
    content.Relation("marts", "fct_input_loads", "Loads. One row per load.", {}),
    content.Relation("marts", "fct_marks", "Marks. One row.", {"mark": "It's the build's number."}),
    content.Relation("kpis", "kpi_catalog", "Catalogue. One row per KPI.", {}),
    content.Relation("kpis", "kpi_marks", "Marks. One row.", {}),
]


def make_build(path, mark):
    """Write a build file whose publication can be told by its mark, in every row of a table."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(path)) as con:
        con.execute(f"""
            create schema marts; create schema kpis; create schema quality;
            create table marts.dim_periods as select date '2025-12-31' as reporting_date;
            create table marts.fct_input_loads as
                select 'demo' as source_system, 'deals' as table_name, {mark} as row_count;
            create table marts.fct_marks as select {mark} as mark from range({ROWS});
            create table kpis.kpi_catalog as select 'marks' as kpi, 'available' as status;
            create view kpis.kpi_marks as select max(mark) as value from marts.fct_marks;
        """)
        log.as_relation(con, [log.row("published", Path("before"))]).create("quality.publications")
    return path


def mark_of(path):
    """Return the mark of a published file, of which every row must have come."""
    with duckdb.connect(str(path), read_only=True) as con:
        [row] = con.execute(
            "select count(*), min(mark), max(mark), (select value from kpis.kpi_marks) "
            "from marts.fct_marks"
        ).fetchall()
    count, least, most, shown = row
    assert (count, least, most) == (ROWS, shown, shown)
    return shown
