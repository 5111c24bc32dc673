"""Costs, reps, pipeline and the value of customers: every row of the views against plain Python.

So are the results of campaigns, and since when cohorts may be compared.
"""

from datetime import date
from decimal import Decimal

import duckdb
import pytest
from campaigns import campaign_results
from conversions import maturities
from kpi_catalogue import catalogue
from unit_economics import UnitEconomics

KPIS = [
    "marketing_spend",
    "cost_per_lead",
    "cost_per_mql",
    "cost_per_sql",
    "cost_per_opportunity",
    "customer_acquisition_cost",
    "operating_expenses",
    "operating_result",
    "magic_number",
    "cac_ratio",
    "burn_multiple",
    "rule_of_40",
    "rep_yield",
    "sales_velocity",
    "stage_conversion_rate",
    "time_in_stage",
    "slippage_rate",
    "loss_reasons",
    "pipeline_created",
    "open_pipeline",
    "pipeline_coverage",
    "quota_attainment",
    "ramped_rep_yield",
    "pipeline_movements",
    "customer_lifetime_value",
    "ltv_cac_ratio",
    "net_customer_value",
    "cac_payback_months",
    "net_promoter_score",
    "marketing_roi",
]
CENT, MILLIONTH, RELATIVE = Decimal("0.01"), Decimal("0.000001"), Decimal("0.00000001")


@pytest.fixture(scope="module")
def warehouse(demo_build):
    with duckdb.connect(str(demo_build.build_path), read_only=True) as connection:
        yield connection


@pytest.fixture(scope="module")
def company(project_root, warehouse):
    return UnitEconomics(project_root, warehouse)


def is_near(ours, theirs, within):
    if ours is None or theirs is None:
        return ours is None and theirs is None
    return abs(Decimal(ours) - theirs) <= within


def is_near_part(ours, theirs):
    """Within a cent; large products of a rate of eight digits within its last one."""
    size = max(abs(ours or 0), abs(theirs or 0))
    return is_near(ours, theirs, max(CENT, RELATIVE * Decimal(size)))


@pytest.mark.parametrize("kpi", KPIS)
def test_every_row_is_what_plain_python_computes(kpi, company, warehouse):
    variants = catalogue()[kpi]["variants"]
    expected = company.figures(kpi)
    columns = "variant, period_grain, period_start, dimension, segment"
    rows = warehouse.execute(
        f"select {columns}, numerator, denominator, value, period_end, is_provisional"
        f" from kpis.kpi_{kpi}"
    ).fetchall()
    found = {row[:5]: row[5:] for row in rows}
    assert len(found) == len(rows)
    assert sorted(expected.keys() - found.keys()) == []
    assert sorted(found.keys() - expected.keys()) == []
    wrong = []
    for key, (numerator, denominator, value, period_end, is_provisional) in found.items():
        ours = expected[key]
        if not (
            is_near_part(ours[0], numerator)
            and is_near_part(ours[1], denominator)
            and is_near(ours[2], value, CENT if variants[key[0]]["unit"] == "amount" else MILLIONTH)
            and period_end == company.ends[key[1:3]]
            and is_provisional == company.is_provisional(kpi, key[0], period_end)
        ):
            wrong.append((key, ours, (numerator, denominator, value)))
    assert not wrong, f"{len(wrong)} of {len(found)} rows differ: " + "; ".join(
        f"{key}: {ours} here, {theirs} there" for key, ours, theirs in wrong[:5]
    )


def test_every_column_of_a_campaign_is_what_plain_python_computes(company, warehouse):
    report = warehouse.table("kpis.campaign_results")
    found = {row[0]: dict(zip(report.columns, row, strict=True)) for row in report.fetchall()}
    expected = campaign_results(company)
    assert found.keys() == expected.keys()
    assert all(row.keys() == set(report.columns) for row in expected.values())
    wrong = {
        (name, column): (row[column], found[name][column])
        for name, row in expected.items()
        for column in report.columns
        if not is_same_cell(row[column], found[name][column])
    }
    assert not wrong, f"{len(wrong)} cells differ, (here, there): {list(wrong.items())[:5]}"
    # Else the two might agree because there is nothing to disagree about.
    rows = expected.values()
    assert {row["is_mature"] for row in rows} == {True, False}
    assert any(row["direct_cost_amount"] is None and row["lead_count"] for row in rows)
    assert any(row["first_touch_won_count"] != row["last_touch_won_count"] for row in rows)
    assert any(row["first_touch_open_amount"] for row in rows)


def is_same_cell(ours, theirs):
    if ours is None or theirs is None or isinstance(ours, str | date | bool):
        return ours == theirs
    return is_near(ours, theirs, MILLIONTH)


def test_cohorts_are_mature_once_nine_in_ten_had_the_time(company, warehouse):
    rows = warehouse.execute(
        "select conversion, conversion_count, maturity_days, mature_until"
        " from aggregates.agg_conversion_days"
    ).fetchall()
    assert {conversion: tuple(row) for conversion, *row in rows} == maturities(company)


def test_earned_revenue_of_subscriptions_is_close_to_mrr(warehouse):
    """Two ways to the same money: invoice lines by days of service, subscriptions by month ends.

    Revenue is earned between two balances, so a year of it is close to the mean of those at the
    start and the end of each month. Months have 28 to 31 days, so that a line that is served the
    whole month is within a tenth of its MRR; refunds, discounts in arrears and lines that begin or
    end within the month are not.
    """
    years = warehouse.execute(
        """
        with balances as (
            select month_start, sum(mrr_amount) as mrr from marts.fct_mrr_months group by all
        ),

        means as (
            select month_start, (mrr + lag(mrr) over (order by month_start)) / 2 as mean_mrr
            from balances
        ),

        earned as (
            select month_start, sum(recognised_amount) as amount
            from marts.fct_invoice_line_months
            where line_type = 'recurring'
            group by all
        )

        select year(month_start) as year, sum(amount) / sum(mean_mrr)
        from means join earned using (month_start)
        where year >= 2024
        group by all
        order by all
        """
    ).fetchall()
    assert [year for year, _ in years] == [2024, 2025]
    assert all(0.98 < share < 1.02 for _, share in years), years
    [(count, close)] = warehouse.execute(
        """
        with earned as (
            select lines.line_id, months.month_start, sum(months.recognised_amount) as amount
            from marts.fct_invoice_line_months as months
            join marts.fct_invoice_lines as lines using (invoice_line_id)
            where months.line_type = 'recurring'
            group by all
        )

        select count(*), count_if(abs(amount / mrr_amount - 1) < 0.1)
        from earned join marts.fct_subscription_months using (line_id, month_start)
        where mrr_amount > 0
        """
    ).fetchall()
    assert count > 4000
    assert close / count > 0.9, (close, count)
