"""The Maven Analytics CRM export through the whole warehouse, against figures known from elsewhere.

The data is the public set "CRM Sales Opportunities" of Maven Analytics, which is not part of the
project. The folder of its CSV files is the one that `REVOPS_MAVEN_DIR` names, or one beside the
project; without it these tests are skipped. The figures of the companies' owners are computed here
once more from the CSV, with plain Python.
"""

import csv
import os
import re
import subprocess
import sys
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from builds import BUILD, once
from conftest import ROOT, dbt

FOLDER = Path(
    os.environ.get("REVOPS_MAVEN_DIR", ROOT.parent / "shared" / "data" / "maven_crm")
).absolute()

pytestmark = pytest.mark.skipif(
    not (FOLDER / "sales_pipeline.csv").is_file(),
    reason=f"no Maven CRM export in {FOLDER}: set REVOPS_MAVEN_DIR to the folder of its CSV files",
)

QUARTERS = ["2017-01-01", "2017-04-01", "2017-07-01", "2017-10-01"]


@pytest.fixture(scope="module")
def maven_build(demo_build):
    folder = demo_build.folder.parent / "maven_build"
    run = once(
        folder,
        lambda: dbt(folder, BUILD, extracts={"maven": FOLDER}, variables={"connectors": ["maven"]}),
    )
    assert run.returncode == 0, run.output
    return run


@pytest.fixture(scope="module")
def published(maven_build):
    with duckdb.connect(str(maven_build.published_path), read_only=True) as con:
        yield con


@pytest.fixture(scope="module")
def built(maven_build):
    with duckdb.connect(str(maven_build.build_path), read_only=True) as con:
        yield con


@pytest.fixture(scope="module")
def opportunities():
    with (FOLDER / "sales_pipeline.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def rows(con, kpi, variant, grain, dimension="all"):
    """Return {(period_start, segment): (numerator, denominator, value)} of a published view."""
    found = con.execute(
        f"select cast(period_start as varchar), segment, numerator, denominator, value "
        f"from kpis.kpi_{kpi} where variant = ? and period_grain = ? and dimension = ?",
        [variant, grain, dimension],
    ).fetchall()
    return {(start, segment): tuple(values) for start, segment, *values in found}


def of_2017(con, kpi, variant):
    return rows(con, kpi, variant, "year")["2017-01-01", "all"]


def by_quarter(con, kpi, variant):
    found = rows(con, kpi, variant, "quarter")
    return [found[start, "all"] for start in QUARTERS]


def test_win_rate(published):
    won, closed, value = of_2017(published, "win_rate", "count")
    assert (won, closed) == (4238, 4238 + 2473)
    assert round(value, 4) == Decimal("0.6315")
    assert [round(value, 6) for _, _, value in by_quarter(published, "win_rate", "count")] == [
        Decimal(rate) for rate in ("0.820711", "0.617126", "0.614069", "0.602519")
    ]


def test_won_value(published):
    assert of_2017(published, "bookings", "amount")[2] == 10_005_534
    assert [value for _, _, value in by_quarter(published, "bookings", "amount")] == [
        *(1_134_672, 3_086_111, 2_982_255, 2_802_496)
    ]
    assert of_2017(published, "bookings", "deals")[2] == 4238


def test_average_deal_size(published):
    amount, deals, value = of_2017(published, "average_deal_size", "standard")
    assert (amount, deals) == (10_005_534, 4238)
    assert round(value, 2) == Decimal("2360.91")


def test_sales_cycle(published):
    # Without activities, the first interaction is the deal's creation.
    for variant in ("mean", "from_creation"):
        assert round(of_2017(published, "sales_cycle_length", variant)[2], 2) == Decimal("51.78")
    assert of_2017(published, "sales_cycle_length", "median")[2] == 57


def test_won_value_by_team(published):
    teams = rows(published, "bookings", "amount", "year", "team")
    won = sorted((value for _, _, value in teams.values() if value), reverse=True)
    assert won == [2_251_930, 1_964_750, 1_960_545, 1_603_897, 1_130_049, 1_094_363]


def test_each_owner_as_computed_from_the_file(published, opportunities):
    won, lost, amount = defaultdict(int), defaultdict(int), defaultdict(int)
    for row in opportunities:
        if row["deal_stage"] == "Won":
            won[row["sales_agent"]] += 1
            amount[row["sales_agent"]] += int(row["close_value"])
        elif row["deal_stage"] == "Lost":
            lost[row["sales_agent"]] += 1
    rates = rows(published, "win_rate", "count", "year", "owner")
    assert {owner: (w, closed - w) for (_, owner), (w, closed, _) in rates.items() if closed} == {
        owner: (won[owner], lost[owner]) for owner in won.keys() | lost.keys()
    }
    bookings = rows(published, "bookings", "amount", "year", "owner")
    assert {owner: value for (_, owner), (_, _, value) in bookings.items() if value} == amount
    assert len(amount) == 30


def test_each_product_as_computed_from_the_file(published, opportunities):
    won = defaultdict(int)
    for row in opportunities:
        if row["deal_stage"] == "Won":
            won[row["product"].replace("GTXPro", "GTX Pro")] += 1
    rates = rows(published, "win_rate", "count", "year", "plan")
    assert {plan: w for (_, plan), (w, _, _) in rates.items() if w} == won
    assert "GTXPro" not in won
    assert len(won) == 7


def test_all_deals_are_staged_and_kept(built, published, opportunities):
    assert built.sql(
        "select (select count(*) from staging.stg_deals), "
        "(select count(*) from quality.rejected_rows)"
    ).fetchall() == [(8800, 0)]
    assert published.sql("select count(*) from marts.fct_deals").fetchall() == [(8800,)]
    prospecting = published.sql(
        "select deal_id from marts.fct_deals where created_date is null and closed_date is null "
        "and expected_close_date is null"
    ).fetchall()
    assert {deal_id for [deal_id] in prospecting} == {
        f"maven:{row['opportunity_id']}"
        for row in opportunities
        if row["deal_stage"] == "Prospecting"
    }
    assert len(prospecting) == 500


def test_misspelt_names_are_mended(published):
    assert published.sql(
        "select count(*) filter (where industry = 'technology'), "
        "count(*) filter (where industry = 'technolgy' or country = 'Philipines') "
        "from marts.dim_companies"
    ).fetchall() == [(12, 0)]


@pytest.mark.parametrize(
    "kpi",
    [
        "leads",
        "mqls",
        "sqls",
        "lead_to_mql_rate",
        "mql_to_sql_rate",
        "sql_to_opportunity_rate",
        "opportunity_to_customer_rate",
        "lead_to_customer_rate",
        "visitor_to_customer_rate",
        "lead_to_close",
        "sql_to_quote_rate",
        "lead_score_by_stage",
    ],
)
def test_what_needs_contacts_is_null_and_not_0(kpi, published):
    [[with_value, zeros]] = published.sql(
        f"select count(value), count(*) filter (where value = 0) from kpis.kpi_{kpi}"
    ).fetchall()
    assert (with_value, zeros) == (0, 0)


def test_opportunities_are_known_as_deals_and_not_as_contacts(published, opportunities):
    found = dict(
        published.sql(
            "select variant, sum(value) from kpis.kpi_opportunities "
            "where period_grain = 'year' and dimension = 'all' group by all"
        ).fetchall()
    )
    dated = sum(1 for row in opportunities if row["engage_date"])
    assert dated > 8000
    assert found["deals"] == dated
    assert 0 < found["new_business"] < dated
    assert (found["contacts"], found["contacts_strict"]) == (None, None)


def test_what_make_connect_says_of_the_files_comes_true(maven_build):
    """It names the same KPIs as having figures that the build then gives."""
    done = subprocess.run(
        [sys.executable, ROOT / "scripts" / "connect.py", "maven", FOLDER],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    with duckdb.connect(str(maven_build.published_path), read_only=True) as con:
        found = con.execute(
            "select distinct kpi from kpis.kpi_values where value is not null"
        ).fetchall()
    # No lost deal of these files has a reason.
    assert "null unless a row has deals.lost_reason: loss_reasons\n" in done.stdout
    unfilled = set(re.findall(r"null unless a row has \S+: (\w+)", done.stdout))
    assert unfilled == {"loss_reasons"}
    said = {kpi for [kpi] in found} | unfilled
    assert f"KPIs with figures: {len(said)} of " in done.stdout
    assert not {kpi for [kpi] in found} & set(re.findall(r"\w+", done.stdout.split(" null ", 1)[1]))
    assert f"extracts_dir: {{maven: {FOLDER}}}" in done.stdout
