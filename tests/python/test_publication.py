"""What the publication takes from the build file, also in a process that did not build it."""

import shutil

import duckdb


def test_a_later_process_publishes_the_projects_relations_and_no_others(
    demo_build, run_dbt, tmp_path
):
    """DuckDB writes views down anew when it opens a file, in another order and another wording.

    A table that an older version of the project left behind is not published.
    """
    (tmp_path / "build").mkdir()
    build = tmp_path / "build" / "revops.duckdb"
    shutil.copy(demo_build.build_path, build)
    with duckdb.connect(str(build)) as con:
        con.execute("create table marts.fct_left_behind as select 1 as id")
        con.execute("create view kpis.kpi_left_behind as select 1 as id")

    run = run_dbt(["run", "--select", "published_relations", "publications"], folder=tmp_path)

    assert run.returncode == 0, run.output
    published, first = contents(run.published_path), contents(demo_build.published_path)
    assert published == first
    assert ("kpis", "kpi_win_rate") in published


def test_every_published_relation_and_column_says_what_it_is(demo_build):
    with duckdb.connect(str(demo_build.published_path), read_only=True) as con:
        silent = con.execute(
            "select table_name, '' from duckdb_tables() where comment is null union all "
            "select view_name, '' from duckdb_views() where not internal and comment is null "
            "union all "
            "select table_name, column_name from duckdb_columns() "
            "where not internal and comment is null"
        ).fetchall()
    assert silent == []


def contents(path):
    """Return {(schema, relation): number of rows} of a published file."""
    with duckdb.connect(str(path), read_only=True) as con:
        relations = con.execute(
            "select table_schema, table_name from information_schema.tables"
        ).fetchall()
        return {
            (schema, name): con.execute(f'select count(*) from {schema}."{name}"').fetchone()[0]
            for schema, name in relations
        }
