"""The page of the benchmarks says what was measured, and nothing else."""

import json
import math
import sys
from pathlib import Path

import duckdb
import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "bench"))

import scales  # noqa: E402
import write_page  # noqa: E402


def test_page_of_benchmarks_is_what_was_measured(tmp_path):
    said = write_page.page(write_page.MEASURED)
    assert write_page.PAGE.read_text(encoding="utf-8") == said, "run bench/write_page.py"
    measured = json.loads((write_page.MEASURED / "scales.json").read_text(encoding="utf-8"))
    write_page.draw(measured, tmp_path / "drawn.svg")
    assert (tmp_path / "drawn.svg").read_bytes() == write_page.PICTURE.read_bytes()


def test_a_goal_is_reached_only_by_what_is_within_it():
    said = [write_page.verdict(value, 1.5) for value in (1.5, 1.51)]
    assert said == ["reached", "**not reached**"]


@pytest.mark.parametrize(
    ("before", "after", "factor", "power"),
    [(1, 10, 10, 1), (2, 2, 10, 0), (0.5, 50, 10, 2), (0.05, 50, 10, None)],
)
def test_an_exponent_is_the_power_of_the_rows(before, after, factor, power):
    found = scales.exponent(before, after, factor)
    assert found is None if power is None else math.isclose(found, power)


def test_copies_have_ids_of_their_own_and_lines_go_with_their_invoices(tmp_path, monkeypatch):
    monkeypatch.setattr(scales, "PADDED", {"web_sessions": 5, "invoices": 4})
    with duckdb.connect() as con:
        for table, columns, rows in [
            ("web_sessions", "'s' || range as session_id, 'v' || range % 3 as visitor_id", 10),
            ("invoices", "'i' || range as invoice_id", 8),
            (
                "invoice_lines",
                "'l' || range as invoice_line_id, 'i' || range // 2 as invoice_id",
                16,
            ),
        ]:
            con.execute(
                f"copy (select {columns} from range({rows})) to '{tmp_path}/{table}.parquet'"
            )
    scales.pad(tmp_path, 5)
    with duckdb.connect() as con:
        for table, rows, key in [
            ("web_sessions", 25, "session_id"),
            ("invoices", 24, "invoice_id"),
            ("invoice_lines", 48, "invoice_line_id"),
        ]:
            path = scales.parquet_of(tmp_path, table)
            found = con.sql(f"select count(*), count(distinct {key}) from '{path}'").fetchall()
            assert found == [(rows, rows)]
        [[lost]] = con.sql(f"""
            select count(*)
            from '{scales.parquet_of(tmp_path, "invoice_lines")}'
            anti join '{scales.parquet_of(tmp_path, "invoices")}' using (invoice_id)
        """).fetchall()
    assert lost == 0


def test_bare_duckdb_runs_the_sql_of_all_models_and_tests(demo_build, tmp_path):
    """On a build of the demo; nothing is timed here."""
    for name in ("build", "target"):
        (tmp_path / name).symlink_to(demo_build.folder / name)
    bare = scales.run_bare(tmp_path, "2GB")
    asked = {
        key
        for key, node in demo_build.manifest["nodes"].items()
        if node["resource_type"] == "model"
        and node["language"] == "sql"
        and scales.layer_of(node) in ("staging", "intermediate", "marts", "aggregates", "kpis")
    }
    assert asked <= bare["nodes"].keys()
    assert len(bare["nodes"]) > 700
