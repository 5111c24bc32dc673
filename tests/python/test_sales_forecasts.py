"""Sales forecasts: computed a second time from the raw files, and replayed from altered ones."""

import csv
from collections import defaultdict
from datetime import date
from pathlib import Path

import duckdb
import pytest
from builds import UNTESTED_BUILD
from conftest import ROOT
from sales_forecasts import METHODS, Forecasts

# With little history, with a year, with two, on the way, and now.
MORNINGS = [
    date(2023, 5, 1), date(2024, 2, 1), date(2025, 3, 1), date(2025, 8, 1), date(2026, 1, 1),
]  # fmt: skip
LENGTHS = {"month": 1, "quarter": 3}
# The KPIs that are computed a second time here, in all their variants.
KPIS = ("sales_forecast", "forecast_accuracy")
CUT_OFF = date(2025, 3, 1)
# The moment at which that day begins in Paris.
CUT_OFF_MOMENT = "2025-02-28T23:00:00Z"


@pytest.fixture(scope="module")
def computed():
    return Forecasts(ROOT)


@pytest.fixture(scope="module")
def published(demo_build):
    """The published forecasts of the mornings that are compared."""
    with duckdb.connect(str(demo_build.published_path), read_only=True) as con:
        return con.execute(
            "select origin_date, period_grain, period_start, forecast_method, dimension, segment, "
            "forecast_amount, low_amount, high_amount from marts.fct_sales_forecasts "
            "where origin_date in (select unnest($1)) order by all",
            [MORNINGS],
        ).fetchall()


def differs(expected, found) -> bool:
    """Return whether two amounts are not the same to a cent, or only one of them is known."""
    if expected is None or found is None:
        return (expected is None) != (found is None)
    return abs(expected - float(found)) > 0.01 + 1e-6 * abs(expected)


def test_every_forecast_is_what_plain_python_makes_of_the_files(computed, published):
    wrong, known = [], set()
    for morning, grain, start, method, dimension, segment, amount, _, _ in published:
        team = segment if dimension == "team" else None
        expected = computed.period(morning, method, start, LENGTHS[grain], team)
        if differs(expected, amount):
            wrong.append((morning, grain, start, method, segment, expected, amount))
        if amount:
            known.add((grain, method))
    assert wrong == []
    assert known == {(grain, method) for grain in LENGTHS for method in ("combined", *METHODS)}
    assert len(published) > 1000


def test_every_interval_is_that_of_past_errors(computed, published):
    wrong, known = [], 0
    for morning, grain, start, method, dimension, _, amount, low, high in published:
        if dimension == "all" and amount is not None:
            expected = computed.interval(morning, method, start, LENGTHS[grain])
            if differs(expected and expected[0], low) or differs(expected and expected[1], high):
                wrong.append((morning, grain, start, method, expected, low, high))
            known += low is not None
    assert wrong == []
    assert known > 50


# -- the KPIs --------------------------------------------------------------------------------------


def test_each_period_is_forecast_on_its_first_morning_and_later_ones_now(computed, demo_build):
    now = MORNINGS[-1]
    with duckdb.connect(str(demo_build.published_path), read_only=True) as con:
        rows = con.execute(
            "select variant, period_grain, period_start, dimension, segment, value "
            "from kpis.kpi_values where kpi = 'sales_forecast'"
        ).fetchall()
    wrong, known = [], set()
    for method, grain, start, dimension, segment, value in rows:
        morning = min(start, now)
        if morning in MORNINGS:
            team = segment if dimension == "team" else None
            expected = computed.period(morning, method, start, LENGTHS[grain], team)
            if differs(expected, value):
                wrong.append((method, grain, start, segment, expected, value))
            known.add((method, grain, dimension)) if value else None
    assert wrong == []
    # On its first morning the reps have spoken of one month of a quarter.
    assert known == {
        (method, grain, dimension)
        for method in ("combined", *METHODS)
        if method != "same_as_last_year"
        for grain in LENGTHS
        if (method, grain) != ("rep_judgement", "quarter")
        for dimension in ("all", "team")
    }


def test_accuracy_is_that_of_the_forecasts_on_first_mornings(demo_build):
    """Of months that have a forecast; the forecasts and the bookings are compared elsewhere."""
    with duckdb.connect(str(demo_build.published_path), read_only=True) as con:
        forecasts = con.execute(
            "select 'method', forecast_method, period_start, forecast_amount "
            "from marts.fct_sales_forecasts "
            "where is_at_start and period_grain = 'month' and dimension = 'all' union all "
            "select 'owner', owner_name, month_start, forecast_amount "
            "from marts.fct_rep_forecasts where is_at_start"
        ).fetchall()
        won = {
            key: value
            for *key, value in con.execute(
                "select [dimension, segment, period_start::varchar], value from kpis.kpi_values "
                "where kpi = 'bookings' and variant = 'amount' and period_grain = 'month' "
                "and dimension in ('all', 'owner') and period_end <= date '2025-12-31'"
            ).fetchall()
            for key in [tuple(key[0])]
        }
        rows = con.execute(
            "select variant, period_start, period_end, dimension, segment, numerator, denominator, "
            "value from kpis.kpi_values where kpi = 'forecast_accuracy'"
        ).fetchall()
    pairs = defaultdict(list)
    for dimension, segment, month, amount in forecasts:
        of_owner = (dimension, segment) if dimension == "owner" else ("all", "all")
        actual = won.get((*of_owner, month.isoformat()))
        if amount is None or month.isoformat() > "2025-12-31":
            continue
        pairs[dimension, segment].append((month, amount, actual or 0))
        if segment == "combined":
            pairs["all", "all"].append((month, amount, actual or 0))
    wrong, known = [], set()
    for variant, start, end, dimension, segment, numerator, denominator, value in rows:
        found = [pair[1:] for pair in pairs[dimension, segment] if start <= pair[0] <= end]
        errors = [forecast - actual for forecast, actual in found]
        error = sum(map(abs, errors)) if variant == "wape" else sum(errors)
        actual = sum(actual for _, actual in found)
        expected = (error, actual, error / actual if actual else None) if found else (None,) * 3
        for one, other in zip(expected, (numerator, denominator, value), strict=True):
            if (one is None) != (other is None) or (one is not None and abs(one - other) > 1e-6):
                wrong.append((variant, start, dimension, segment, expected, numerator, value))
        known.add((variant, dimension)) if value is not None else None
    assert wrong == []
    assert len(known) == 6


# -- what is not known yet on a morning ------------------------------------------------------------


def rewrite(path: Path, change):
    """Write a CSV file anew with `change(row)`, which returns the row, or None to leave it out."""
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        rows, columns = list(reader), reader.fieldnames
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(row for row in map(change, rows) if row is not None)


def other_outcome(stage: str) -> str:
    """Return the stage of a deal that ends otherwise."""
    if stage.endswith("_won"):
        return stage.removesuffix("won") + "lost"
    return stage.removesuffix("lost") + "won" if stage.endswith("_lost") else stage


def altered_stage(row):
    if row["entered_at"] >= CUT_OFF_MOMENT:
        if int(row["deal_id"]) % 5 == 0:
            return None
        row["dealstage"] = other_outcome(row["dealstage"])
    return row


def altered_property(row):
    if row["changed_at"] >= CUT_OFF_MOMENT:
        if row["property"] == "amount" and row["value"]:
            row["value"] = str(3 * float(row["value"]))
        if row["property"] == "closedate":
            row["value"] = "2025-12-24"
    return row


def altered_deal(row):
    """Today's amount, day and stage of every deal: nothing before the report may read them."""
    if row["amount"].replace(".", "").isdigit():
        row["amount"] = str(7 * float(row["amount"]))
    if row["closedate"].startswith("20"):
        row["closedate"] = "2025-12-24"
    row["dealstage"] = other_outcome(row["dealstage"])
    return row


def altered_lifecycle(row):
    if row["entered_at"] >= CUT_OFF_MOMENT:
        if int(row["contact_id"]) % 2:
            return None
        row["lifecyclestage"] = "customer"
    return row


def altered_forecast(row):
    if row["submitted_on"] >= CUT_OFF.isoformat():
        row["forecast_amount"] = str(5 * float(row["forecast_amount"]) + 100)
    return row


def altered_contact(row):
    row["lifecyclestage"] = "customer"
    return row


ALTERED = {
    "deal_stage_history": altered_stage,
    "deal_property_history": altered_property,
    "deals": altered_deal,
    "lifecycle_history": altered_lifecycle,
    "contacts": altered_contact,
    "submitted_forecasts": altered_forecast,
}
# No forecast reads them: a few rows will do.
SHORTENED = ("web_sessions", "activities", "trade_show_visits")

FORECASTS = """
    select {columns}
    from {database}.marts.fct_sales_forecasts
    where origin_date {side} date '2025-03-01' and not is_now
"""
REP_FORECASTS = """
    select * exclude (actual_amount) from {database}.marts.fct_rep_forecasts
    where origin_date {side} date '2025-03-01'
"""


def test_nothing_after_a_morning_changes_its_forecasts(demo_build, demo_extracts, run_dbt):
    """Wins, amounts, stages, leads and submissions of later days, and all that deals say today."""
    for table, change in ALTERED.items():
        rewrite(demo_extracts / f"{table}.csv", change)
    for table in SHORTENED:
        path = demo_extracts / f"{table}.csv"
        path.write_text("".join(path.read_text().splitlines(keepends=True)[:50]))
    selected = ["--select", "+fct_sales_forecasts", "fct_rep_forecasts"]
    run = run_dbt([*UNTESTED_BUILD, *selected], extracts=demo_extracts)
    assert run.returncode == 0, run.output
    with duckdb.connect() as con:
        con.execute(f"attach '{demo_build.build_path}' as demo (read_only)")
        con.execute(f"attach '{run.build_path}' as altered (read_only)")

        def rows(query, database, side, columns="* exclude (actual_amount)"):
            query = query.format(database=database, side=side, columns=columns)
            return con.execute(f"{query} order by all").fetchall()

        for query in (FORECASTS, REP_FORECASTS):
            assert len(rows(query, "demo", "<=")) > 500
            assert rows(query, "altered", "<=") == rows(query, "demo", "<=")
            # What is altered does change the forecasts of later mornings, by every method.
        columns = "distinct forecast_method"
        methods = {name for (name,) in rows(FORECASTS, "demo", "<=", columns)}
        assert methods == {"combined", *METHODS}
        for method in methods:
            query = f"{FORECASTS} and forecast_method = '{method}'"
            assert rows(query, "altered", ">") != rows(query, "demo", ">"), method
