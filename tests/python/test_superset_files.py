"""The files of `superset/assets`, held against the published file: no Superset is needed for this.

A column that a dataset or a chart names and the published file has no longer fails here, with the
name of the file that names it. `test_superset.py` starts a Superset with them.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
import yaml
from test_dictionary import relations

from scripts import superset_assets

ROOT = Path(__file__).parents[2]
DATASETS = superset_assets.datasets()
CHARTS = superset_assets.charts()
[DASHBOARD] = superset_assets.dashboards().values()
# What the filters of the dashboard can choose beside what the datasets preset.
CHOSEN = ({}, {"period_length": "Quarter"}, {"period_length": "Year", "cut": "Channel"})
# Columns that hold figures of which one row is one figure already.
FIGURES = {"value", "previous_value", "target", "numerator", "denominator"}
BALANCES = {"deal_amount", "weighted_amount"}


@pytest.fixture(scope="module")
def con(demo_build):
    with duckdb.connect(str(demo_build.published_path), read_only=True) as con:
        yield con


def check(con, dataset):
    """Fail with the name of a dataset if the published file does not have what it names."""
    for chosen in CHOSEN:
        asked = dataset.asked(**chosen)
        try:
            answer = con.sql(asked)
        except duckdb.Error as error:
            pytest.fail(f"{dataset.file}: dataset {dataset.title}: the SQL fails: {error}")
        missing = [name for name in dataset.columns if name not in answer.columns]
        assert missing == [], f"{dataset.file}: dataset {dataset.title} has no column {missing}"
        for name, expression in dataset.metrics.items():
            try:
                con.execute(f"select {expression} as measured from ({asked}) as rows_of_it")
            except duckdb.Error as error:
                pytest.fail(f"{dataset.file}: dataset {dataset.title}: metric {name}: {error}")


@pytest.mark.parametrize("name", DATASETS)
def test_the_published_file_has_what_a_dataset_names(con, name):
    check(con, DATASETS[name])
    assert con.sql(DATASETS[name].asked()).fetchone() is not None


@pytest.mark.parametrize("name", CHARTS)
def test_a_dataset_has_what_a_chart_names(name):
    chart = CHARTS[name]
    missing = {
        *(chart.columns - set(chart.dataset.columns)),
        *(chart.metrics - set(chart.dataset.metrics)),
    }
    assert missing == set(), (
        f"{chart.file}: chart {chart.title}: {chart.dataset.title} has no {sorted(missing)}"
    )
    assert chart.columns | chart.metrics


def test_a_published_column_that_is_gone_is_told_with_the_name_of_the_dataset(demo_build):
    """Each dataset is asked of a file in which a column that it reads has another name."""
    gone = {
        "choices": ("kpis", "dim_segments", "dimension_order"),
        "deals": ("marts", "fct_deals", "lost_reason"),
        "funnel": ("marts", "dim_periods", "is_over"),
        "kpi_default": ("kpis", "kpi_default", "target"),
        "kpi_default_by_cut": ("kpis", "kpi_default", "segment_label_en"),
        "pipeline_balances": ("marts", "fct_pipeline_balances", "weighted_amount"),
        "publication": ("kpis", "publication", "reporting_date"),
        "scorecard": ("kpis", "units", "factor"),
    }
    assert set(gone) == set(DATASETS)
    for name, (schema, relation, column) in gone.items():
        dataset = DATASETS[name]
        with duckdb.connect() as other:
            other.execute(f"attach '{demo_build.published_path}' as published (read_only)")
            other.execute("create schema kpis; create schema marts")
            for each in sorted(relations(parsed(other, dataset))):
                place = "marts" if each.startswith(("dim_periods", "fct_")) else "kpis"
                renamed = f"rename ({column} as moved)" if each == relation else ""
                other.execute(
                    f"create view {place}.{each} as "
                    f"select * {renamed} from published.{place}.{each}"
                )
            with pytest.raises(pytest.fail.Exception) as told:
                check(other, dataset)
        assert f"{dataset.file}: dataset {dataset.title}" in str(told.value), (schema, relation)
        assert column in str(told.value)


def parsed(con, dataset):
    """Return the SQL of a dataset as DuckDB's own parser reads it."""
    return json.loads(con.execute("select json_serialize_sql(?)", [dataset.asked()]).fetchone()[0])


def test_dbt_knows_what_superset_reads(con):
    """DuckDB itself says which relations the SQL of a dataset names."""
    found = yaml.safe_load((ROOT / "models/exposures.yml").read_text(encoding="utf-8"))
    exposed = {
        each["name"]: {re.fullmatch(r"ref\('(\w+)'\)", ref)[1] for ref in each["depends_on"]}
        for each in found["exposures"]
        if each["name"].startswith("superset_")
    }
    read = {name: relations(parsed(con, dataset)) for name, dataset in DATASETS.items()}
    assert exposed == {
        **{f"superset_dataset_{name}": each for name, each in read.items()},
        f"superset_dashboard_{DASHBOARD.name}": set().union(*read.values()),
    }, "run scripts/list_boards.py"


def test_the_dashboard_shows_every_chart_and_its_filters_name_columns():
    assert {chart.file for chart in DASHBOARD.charts} == {chart.file for chart in CHARTS.values()}
    assert {dataset.file for dataset in DASHBOARD.datasets} == {
        dataset.file for dataset in DATASETS.values()
    }
    assert [name for _, name in DASHBOARD.filters] == ["period_length", "cut"]
    for dataset, name in DASHBOARD.filters:
        assert name in dataset.columns


def test_the_filters_offer_what_the_charts_can_show(con):
    """Each offered cut and length gives rows to both charts that the filter of cuts is for."""
    offered = con.sql(f"select cut, period_length from ({DATASETS['choices'].asked()})").fetchall()
    assert {length for _, length in offered} == {"Month", "Quarter", "Half-year", "Year"}
    assert {"Team", "Channel", "Owner"} <= {cut for cut, _ in offered}
    assert "Total" not in {cut for cut, _ in offered}
    for cut, length in offered:
        asked = DATASETS["kpi_default_by_cut"].asked(cut=cut, period_length=length)
        [(kpis,)] = con.sql(
            f"select count(distinct kpi) from ({asked}) "
            "where is_latest and kpi in ('win_rate', 'bookings')"
        ).fetchall()
        assert (cut, length, kpis) == (cut, length, 2)


@pytest.mark.parametrize("name", ["kpi_default", "kpi_default_by_cut"])
def test_figures_of_kpis_cannot_be_added_up(con, name):
    """Each is shown if the filters leave one row of it, and no column of figures is offered."""
    dataset = DATASETS[name]
    assert set(dataset.columns) & FIGURES == set()
    measured = ", ".join(f"{sql} as {metric}" for metric, sql in dataset.metrics.items())
    [several] = con.sql(f"select {measured} from ({dataset.asked()}) where kpi = 'mrr'").fetchall()
    assert set(several) == {None}
    is_one = "kpi = 'mrr' and is_latest" + (" and segment = 'SMB'" if "cut" in name else "")
    asked = con.sql(f"select {measured} from ({dataset.asked()}) where {is_one}")
    one = dict(zip(asked.columns, asked.fetchone(), strict=True))
    assert one["amount"] == one["value"] > 0
    # A share is no amount, and an amount no count.
    assert one["share"] is None
    assert one["number"] is None


def test_a_balance_is_added_up_within_one_day_and_the_funnel_within_one_period(con):
    balances, funnel = DATASETS["pipeline_balances"], DATASETS["funnel"]
    assert set(balances.columns) & BALANCES == set()
    assert "reached" not in funnel.columns
    for dataset in (balances, funnel):
        measured = ", ".join(dataset.metrics.values())
        [several] = con.sql(f"select {measured} from ({dataset.asked()})").fetchall()
        assert set(several) == {None}
    by_month = con.sql(
        f"select balance_date, {balances.metrics['open_amount']} from ({balances.asked()}) "
        "group by balance_date order by balance_date"
    ).fetchall()
    assert by_month == [
        (day, pytest.approx(float(amount)))
        for day, amount in con.sql(
            "select period_end, value from kpis.kpi_default where kpi = 'open_pipeline' and "
            "period_grain = 'month' and dimension = 'all' and value > 0 order by period_end"
        ).fetchall()
    ]


def test_every_row_of_the_scorecard_is_there_with_its_figure(con):
    rows = con.sql(f"select kpi, value_text, target_text from ({DATASETS['scorecard'].asked()})")
    found = {kpi: (value, target) for kpi, value, target in rows.fetchall()}
    assert set(found) == {
        kpi
        for (kpi,) in con.sql(
            "select kpi from kpis.scorecard where period_grain = 'month'"
        ).fetchall()
    }
    facts = con.sql(
        "select kpi, value from kpis.scorecard where period_grain = 'month' and value is not null"
    ).fetchall()
    value = dict(facts)
    assert found["mrr"][0] == f"EUR {value['mrr']:,.0f}"
    assert found["win_rate"][0] == f"{value['win_rate'] * 100:.1f}%"
    assert found["sales_cycle_length"][0] == f"{value['sales_cycle_length']:,.1f} days"
    assert found["leads"] == (f"{value['leads']:,.0f}", "90")


def test_the_connection_reads_the_published_file_and_nothing_else(demo_build, tmp_path):
    """DuckDB is opened as the file of the database says."""
    [given] = superset_assets.read("databases").values()
    options = given["extra"]["engine_params"]["connect_args"]
    assert not any(given[f"allow_{what}"] for what in ("ctas", "cvas", "dml", "file_upload"))
    # A path of its own: DuckDB opens a file once in a process, with one configuration.
    published = tmp_path / "revops.duckdb"
    published.hardlink_to(demo_build.published_path)
    outside = tmp_path / "outside.csv"
    outside.write_text("a\n1\n")
    with duckdb.connect(str(published), **options) as con:
        assert con.sql("select count(*) > 0 from kpis.kpi_default").fetchone() == (True,)
        for sql in (
            "create table kpis.written as select 1 as a",
            "delete from marts.fct_deals",
            f"copy (select 1) to '{tmp_path / 'written.csv'}'",
            f"from read_csv('{outside}')",
            f"from '{outside}'",
            f"attach '{demo_build.build_path}' as build",
            "install httpfs",
            "set enable_external_access = true",
            "set memory_limit = '100GB'",
        ):
            with pytest.raises(duckdb.Error):
                con.execute(sql)
    assert {path.name for path in tmp_path.iterdir()} == {"outside.csv", "revops.duckdb"}


def test_the_bundle_has_the_path_of_the_published_file(tmp_path):
    files = superset_assets.bundle(tmp_path / "revops.duckdb")
    assert {name.split("/")[0] for name in files} == {
        "metadata.yaml", "databases", "datasets", "charts", "dashboards"
    }  # fmt: skip
    [database] = [text for name, text in files.items() if name.startswith("databases/")]
    assert yaml.safe_load(database)["sqlalchemy_uri"] == f"duckdb:///{tmp_path}/revops.duckdb"
    uuids = [yaml.safe_load(text).get("uuid") for text in files.values()]
    assert len(uuids) == len(set(uuids)), "two files have the same uuid"


def test_the_command_says_that_nothing_is_published(tmp_path):
    done = subprocess.run(
        [sys.executable, ROOT / "scripts/serve_superset.py"],
        capture_output=True,
        text=True,
        check=False,
        env={
            "REVOPS_PUBLISHED_PATH": str(tmp_path / "nothing.duckdb"),
            "REVOPS_SUPERSET_HOME": str(tmp_path / "home"),
            "PATH": "/usr/bin:/bin",
        },
    )
    assert done.returncode == 1
    assert "nothing.duckdb is not there: run `make build` first." in done.stderr
    assert not (tmp_path / "home").exists()
