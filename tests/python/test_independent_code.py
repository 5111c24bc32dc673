"""Two packages that other people wrote compute our figures from the demo's staged rows.

`saas-metrics` knows customers and what each pays per month: it gives movements of MRR, retention
of revenue and cohorts. `pipeline-diff` knows deals and the history of a CRM: it gives the waterfall
of the pipeline. Neither knows prices per interval, trials or arrears: what a customer pays at a
month's end is read from the subscriptions by `recurring_revenue.py`. Neither converts currencies.

A difference is not tolerated. The waterfall as it was seen has none; as it is known today it
differs in the deals listed below, for the reason given there.
"""

from collections import defaultdict
from dataclasses import fields, replace
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from zoneinfo import ZoneInfo

import duckdb
import pandas
import pytest
import saas_metrics
from pipeline_diff.buckets import compare
from pipeline_diff.timeline import Dataset, state_at
from recurring_revenue import (
    FIXED_RATES,
    Books,
    Company,
    ExchangeRate,
    Line,
    Terms,
    World,
    first_day,
    last_day,
    month_of,
    rounded,
)

PARIS = ZoneInfo("Europe/Paris")
CENT = Decimal("0.01")
# saas-metrics keeps two decimals and MRR has eight: it is given millionths of a euro.
UNIT = 10**6

# -- what differs, and why -------------------------------------------------------------------------

# Deals that the CRM had open from 13 May 2024 until 8 July 2024, when they were won and their close
# dates typed back. As seen they are what the package says, which goes by the moments that the CRM
# wrote. As known a deal is won on its close date, as bookings are, and created then at the latest.
TYPED_BACK = {f"demo:{number}" for number in range(9100015, 9100020)}


# -- the demo's rows -------------------------------------------------------------------------------


def rows(connection, query, *values):
    result = connection.execute(query, values)
    names = [column[0] for column in result.description]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


@pytest.fixture(scope="module")
def staging(demo_build):
    with duckdb.connect(str(demo_build.build_path), read_only=True) as connection:
        connection.execute("use staging")
        yield connection


@pytest.fixture(scope="module")
def published(demo_build):
    with duckdb.connect(str(demo_build.published_path), read_only=True) as connection:
        yield connection


@pytest.fixture(scope="module")
def months(published):
    """The first days of all months of the report."""
    begun = "from marts.dim_periods where period_grain = 'month' and has_begun"
    return [row["period_start"] for row in rows(published, f"{begun} order by period_start")]


def without_nothing(amounts):
    return {key: amount for key, amount in amounts.items() if amount}


def unequal(ours, theirs, digits):
    """Cell -> what is published and what the package says, where one differs or says nothing."""
    return {
        key: (readable(ours.get(key)), readable(theirs.get(key)))
        for key in sorted(ours.keys() | theirs.keys())
        if key not in ours
        or key not in theirs
        or abs(Fraction(ours[key]) - Fraction(theirs[key])) > Fraction(1, 10**digits)
    }


def readable(amount):
    return None if amount is None else round(float(amount), 8)


# -- recurring revenue: saas-metrics ---------------------------------------------------------------


class MonthEnds(Books):
    """The books of the demo, of which nobody asks for a day within a month."""

    @cached_property
    def days(self):
        return [self.balance_day(month) for month in self.months]


@pytest.fixture(scope="module")
def books(staging, months):
    lines = defaultdict(list)
    names = [item.name for item in fields(Terms)]
    for row in rows(staging, "from stg_subscriptions order by line_id, valid_from"):
        lines[row["line_id"], row["company_id"]].append(
            Terms(**{name: row[name] for name in names})
        )
    names = [item.name for item in fields(ExchangeRate)]
    return MonthEnds(
        World(
            reporting_date=last_day(month_of(months[-1])),
            first_date=months[0],
            companies=[
                Company(row["company_id"], row["surviving_company_id"])
                for row in rows(staging, "from stg_companies")
            ],
            lines=[Line(*key, terms) for key, terms in lines.items()],
            rates=[
                ExchangeRate(**{name: row[name] for name in names})
                for row in rows(staging, "from stg_exchange_rates")
            ],
        )
    )


def paid(books, in_euros):
    """One row per customer and month with MRR, in euros or in the customer's own currency."""
    paid = []
    for customer, balances in books.balances.items():
        for month in balances:
            charges = books.charges(customer, month)
            # The package has one segment for each customer, and has the currency in it here.
            (currency,) = {charge.currency for charge in charges}
            amount = sum(charge.amount if in_euros else charge.mrr for charge in charges)
            paid.append((customer, last_day(month), float(amount * UNIT), currency))
    return pandas.DataFrame(paid, columns=["customer_id", "period", "revenue", "segment"])


def asked(books, paid):
    report = saas_metrics.analyze(paid, today=books.world.reporting_date)
    assert not report.blocking, report.blocking
    return report


def first_of(period_end):
    return period_end.date().replace(day=1)


def exact(value):
    return Fraction(f"{value:.2f}") / UNIT


@pytest.fixture(scope="module")
def in_currencies(books):
    return paid(books, in_euros=False)


@pytest.fixture(scope="module")
def in_euros(books):
    return paid(books, in_euros=True)


def movements(books, paid):
    """(month, movement) -> euros, of the package's movements in each currency.

    What is gained is worth the rate of the month's end, what is lost that of the month before, and
    what the rates did to the rest is the effect of the currency.
    """
    moved = {
        (first_day(month), name): Fraction(0)
        for month in books.months
        for name in ("new", "reactivation", "expansion", "contraction", "churn", "fx")
    }
    for row in asked(books, paid).waterfall_by_segment.to_dict("records"):
        start = first_of(row["period_end"])
        month = month_of(start)
        rate, rate_before = (
            books.rate(row["segment"], books.balance_day(each)) for each in (month, month - 1)
        )
        amounts = {
            "new": exact(row["new_logo"]) * rate,
            "reactivation": exact(row["reactivation"]) * rate,
            "expansion": exact(row["expansion"]) * rate,
            "contraction": -exact(row["contraction"]) * rate_before,
            "churn": -exact(row["churn"]) * rate_before,
        }
        change = exact(row["ending"]) * rate - exact(row["beginning"]) * rate_before
        amounts["fx"] = change - sum(amounts.values())
        for name, amount in amounts.items():
            moved[start, name] += amount
    return moved


@pytest.fixture(scope="module")
def published_movements(published):
    query = """
        select period_start, segment, value from kpis.kpi_mrr_movements
        where variant = 'standard' and period_grain = 'month' and dimension = 'movement'
    """
    return {(row["period_start"], row["segment"]): row["value"] for row in rows(published, query)}


def test_movements_of_mrr_agree(books, in_currencies, published_movements, months):
    theirs = movements(books, in_currencies)
    assert len(months) == 36
    assert {month for month, _ in published_movements} == set(months)
    assert {name for (_, name), amount in theirs.items() if amount} == {
        name for _, name in published_movements
    }
    # Six digits: rows are rounded to eight, and a month has up to two hundred.
    assert not unequal(published_movements, theirs, digits=6)


RETENTION = {"net_revenue_retention": "nrr_12m", "gross_revenue_retention": "grr_12m"}


def retention(report, figure):
    figures = report.metrics.dropna(subset=[figure]).to_dict("records")
    return {row["period_end"].date(): Fraction(row[figure]) for row in figures}


@pytest.mark.parametrize(("kpi", "figure"), RETENTION.items())
def test_retention_of_revenue_agrees(kpi, figure, books, in_euros, published):
    query = f"""
        select period_end, value from kpis.kpi_{kpi}
        where variant = 'trailing_12_months_market' and period_grain = 'month' and dimension = 'all'
          and value is not null
    """
    ours = {row["period_end"]: row["value"] for row in rows(published, query)}
    assert len(ours) == 22
    assert not unequal(ours, retention(asked(books, in_euros), figure), digits=8)


def test_cohorts_of_customers_agree(books, in_euros, published):
    query = """
        select period_start, segment, numerator, denominator from kpis.kpi_cohort_retention
        where variant = 'customers' and period_grain = 'month' and dimension = 'months_since'
    """
    ours = {
        (row["period_start"], int(row["segment"])): (row["numerator"], row["denominator"])
        for row in rows(published, query)
    }
    theirs = {
        (row["vintage"].date().replace(day=1), row["age"]): (
            row["active_logos"],
            row["logos_start"],
        )
        for row in asked(books, in_euros).retention.to_dict("records")
    }
    assert len(ours) > 500
    assert ours == theirs


def test_a_price_that_is_wrong_by_a_cent_is_seen(books, in_currencies, published_movements):
    wrong = in_currencies.copy()
    place = wrong.index[(wrong["customer_id"] == "demo:500002")][3]
    wrong.loc[place, "revenue"] += UNIT / 100
    month = wrong.loc[place, "period"].replace(day=1)
    differences = unequal(published_movements, movements(books, wrong), digits=6)
    assert {key[0] for key in differences} == {month, first_day(month_of(month) + 1)}
    assert {name for _, name in differences} == {"expansion", "contraction"}


# -- pipeline: pipeline-diff -----------------------------------------------------------------------

MOVEMENTS = {
    "new": "created",
    "reopened": "reopened",
    "amount up": "increased",
    "amount down": "decreased",
    "won": "won",
    "lost": "lost",
}


@pytest.fixture(scope="module")
def crm(staging):
    """The deals, their history and their stages, as the package reads them from a CRM."""
    deals = {}
    rates = {}
    excluded = {row["deal_id"] for row in rows(staging, "from intermediate.int_deals_excluded")}
    assert len(excluded) == 4
    for row in rows(staging, "from stg_deals where is_counted"):
        if row["deal_id"] in excluded:
            continue
        rates[row["deal_id"]] = rate = FIXED_RATES[row["currency"]]
        deals[row["deal_id"]] = {
            "name": row["deal_id"],
            "created_at": aware(row["created_at"]).isoformat(),
            "pipeline": row["pipeline_id"],
            "stage": row["stage_id"],
            "amount": in_euros_of(row["deal_amount"], rate),
            "close_date": as_text(row["close_date"]),
        }
    history = defaultdict(list)
    for row in rows(staging, "from stg_deal_stage_history order by entered_at, input_row_id"):
        if row["deal_id"] in deals:
            entry = (aware(row["entered_at"]), row["stage_id"])
            history[row["deal_id"], "stage"].append(entry)
    for row in rows(staging, "from stg_deal_property_history order by changed_at, input_row_id"):
        if row["deal_id"] in deals:
            value = as_text(row["close_date"])
            if row["property_name"] == "amount":
                value = in_euros_of(row["deal_amount"], rates[row["deal_id"]])
            entry = (aware(row["changed_at"]), value)
            history[row["deal_id"], row["property_name"]].append(entry)
    stages = {
        (row["pipeline_id"], row["stage_id"]): {
            "id": row["stage_id"],
            "label": row["stage_name"],
            "order": row["stage_order"],
            "is_closed": row["is_closed"],
            "is_won": row["is_won"],
        }
        for row in rows(staging, "from stg_pipelines")
    }
    return Dataset("demo", deals, history, stages, pipelines=[], owners={})


def aware(moment):
    return moment.replace(tzinfo=UTC)


def as_text(day):
    return day and day.isoformat()


def in_euros_of(amount, rate):
    return None if amount is None else float(rounded(Fraction(amount) * rate, 2))


def waterfall(crm, months):
    """(month, deal, movement) -> amount, from the last moment of a month to that of the next."""
    amounts = defaultdict(Decimal)
    start = last_moment_before(months[0])
    were_open = open_deals(crm, start)
    for month in months:
        end = last_moment_before(first_day(month_of(month) + 1))
        are_open = open_deals(crm, end)
        result = compare(crm, start, end, tz=PARIS)
        assert cents(result.start_total) == sum(were_open.values())
        assert cents(result.end_total) == sum(are_open.values())
        for name, balance in (("start", were_open), ("end", are_open)):
            amounts |= {(month, deal, name): amount for deal, amount in balance.items()}
        for change in result.changes:
            for bucket, amount in change.parts:
                amounts[month, change.deal_id, MOVEMENTS[bucket]] += cents(amount)
        start, were_open = end, are_open
    return without_nothing(amounts)


def last_moment_before(day):
    return datetime.combine(day, time(), tzinfo=PARIS) - timedelta(microseconds=1)


def open_deals(crm, at):
    """Deal -> amount: the package lists the deals that changed, and only adds up all of them."""
    states = {deal: state_at(crm, deal, at) for deal in crm.deals}
    return {
        deal: cents(state["amount"])
        for deal, state in states.items()
        if state and not state["is_closed"]
    }


def cents(amount):
    return Decimal(amount).quantize(CENT)


@pytest.fixture(scope="module")
def their_waterfall(crm, months):
    return waterfall(crm, months)


def waterfall_published(published, basis):
    """Without what goes over to another owner, of which the package knows nothing."""
    query = """
        select period_start, deal_id, pipeline_movement, movement_amount
        from marts.fct_pipeline_movements
        where pipeline_basis = ? and pipeline_scope = 'all_open' and period_grain = 'month'
            and pipeline_movement not like 'reassigned%'
    """
    return {
        (row["period_start"], row["deal_id"], row["pipeline_movement"]): row["movement_amount"]
        for row in rows(published, query, basis)
    }


@pytest.fixture(scope="module")
def published_waterfall(published):
    return waterfall_published(published, "as_seen")


def differences(ours, theirs):
    """What is published, less what the package says."""
    cells = ours.keys() | theirs.keys()
    return without_nothing({key: ours.get(key, 0) - theirs.get(key, 0) for key in cells})


def test_the_pipeline_as_seen_agrees(their_waterfall, published_waterfall):
    assert len(their_waterfall) > 5000
    assert {name for _, _, name in their_waterfall} == {*MOVEMENTS.values(), "start", "end"}
    assert differences(published_waterfall, their_waterfall) == {}


def test_the_pipeline_as_known_differs_in_dates_typed_back_alone(their_waterfall, published):
    found = differences(waterfall_published(published, "as_known"), their_waterfall)
    assert {deal for _, deal, _ in found} == TYPED_BACK


def test_the_published_waterfall_is_the_one_of_its_deals(their_waterfall, months, published):
    """What was compared deal by deal is what readers see month by month."""
    query = """
        select period_start, segment, value from kpis.kpi_pipeline_movements
        where variant = 'all_open_as_seen' and period_grain = 'month' and dimension = 'movement'
            and segment not like 'reassigned%'
    """
    ours = {(row["period_start"], row["segment"]): row["value"] for row in rows(published, query)}
    theirs = defaultdict(Decimal)
    for (month, _, name), amount in their_waterfall.items():
        theirs[month, name] += amount
    assert {month for month, _ in ours} == set(months)
    assert without_nothing(ours) == without_nothing(theirs)


def test_the_balances_as_seen_agree(crm, months, published):
    """What the CRM had open in the evening of each month's last day."""
    query = """
        select period_start, value from kpis.kpi_open_pipeline
        where variant = 'unweighted_as_seen' and period_grain = 'month' and dimension = 'all'
    """
    ours = {row["period_start"]: row["value"] for row in rows(published, query)}
    ends = {month: last_moment_before(first_day(month_of(month) + 1)) for month in months}
    assert ours == {month: sum(open_deals(crm, end).values()) for month, end in ends.items()}


def test_an_amount_that_is_wrong_by_a_cent_is_seen(crm, months, published_waterfall):
    deal = "demo:3000017"
    ((changed_at, amount),) = crm.history[deal, "amount"]
    wrong = {**crm.history, (deal, "amount"): [(changed_at, amount + 0.01)]}
    until_april = months[:4]
    ours = {key: each for key, each in published_waterfall.items() if key[0] in until_april}
    theirs = waterfall(replace(crm, history=wrong), until_april)
    february, march, april = until_april[1:]
    assert differences(ours, theirs) == {
        (february, deal, "created"): -CENT,
        (february, deal, "end"): -CENT,
        (march, deal, "start"): -CENT,
        (march, deal, "end"): -CENT,
        (april, deal, "start"): -CENT,
        (april, deal, "won"): CENT,
    }
