"""Recurring revenue and retention: the project's SQL against a plain oracle, on random worlds.

Each world is a handful of companies with subscriptions, invoices and exchange rates. The SQL of
the models, as dbt compiled it, runs on the staged rows of the world; `recurring_revenue.py`
computes the same figures day by day from the definitions. Some worlds worked by hand keep the
oracle honest.
"""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from random import Random

import conftest
import duckdb
import pytest
from contracts import (
    CONTRACT_KINDS,
    Contracts,
    add_contracts,
    contract_rows,
    kinds_of_contracts,
)
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st
from recurring_revenue import (
    MOVEMENTS,
    Books,
    Company,
    Deal,
    ExchangeRate,
    Figures,
    Invoice,
    InvoiceLine,
    Line,
    Terms,
    World,
    day,
    first_day,
    is_served,
    last_day,
    month_of,
    pays,
    prices,
    was_ever_paid,
)

# -- the oracle, on cases worked by hand -----------------------------------------------------------


def terms(valid_from="2024-01-15", valid_to=None, **others):
    dates = {"discount_ends_on", "trial_ends_on", "cancel_requested_on", "paid_until"}
    for column in dates | {"past_due_since"}:
        if column in others:
            others[column] = day(others[column])
    for column in ("quantity", "unit_price", "list_unit_price", "discount_share"):
        if column in others:
            others[column] = Decimal(others[column])
    return Terms(day(valid_from), valid_to and day(valid_to), **others)


@pytest.mark.parametrize(
    ("others", "mrr"),
    [
        ({"unit_price": 1200, "billing_interval": "year"}, "100"),
        ({"unit_price": 3600, "billing_interval": "year", "interval_count": 3}, "100"),
        ({"unit_price": 300, "billing_interval": "quarter"}, "100"),
        ({"unit_price": 12, "billing_interval": "week"}, "52"),
        ({"unit_price": 12, "billing_interval": "day"}, "365"),
        ({"unit_price": 100, "billing_interval": "month", "interval_count": 3}, "33.33333333"),
        ({"unit_price": 100, "quantity": "2.5"}, "250"),
        ({"unit_price": 100, "discount_share": "0.25"}, "75"),
        ({"unit_price": -20}, "-20"),
    ],
)
def test_a_price_is_normalised_to_a_month(others, mrr):
    assert prices(terms(**others), is_discounted=True)[0] == Fraction(mrr)


@pytest.mark.parametrize(
    ("others", "paid", "unpaid"),
    [
        ({"valid_to": "2024-03-31"}, ["2024-01-15", "2024-03-31"], ["2024-01-14", "2024-04-01"]),
        ({}, ["2030-01-01"], []),
        ({"line_type": "setup"}, [], ["2024-01-15"]),
        ({"subscription_status": "trialing"}, [], ["2024-01-15"]),
        ({"subscription_status": "paused"}, [], ["2024-01-15"]),
        ({"trial_ends_on": "2024-02-29"}, ["2024-03-01"], ["2024-02-29"]),
        ({"cancel_requested_on": "2024-02-01"}, ["2024-12-31"], []),
        ({"paid_until": "2024-02-01"}, ["2024-12-31"], []),
        (
            {"cancel_requested_on": "2024-02-01", "paid_until": "2024-03-31"},
            ["2024-02-01", "2024-03-31"],
            ["2024-04-01"],
        ),
        # How long is not known at all; to the end of the period; to the cancellation.
        ({"subscription_status": "canceled"}, [], ["2024-01-15"]),
        (
            {"subscription_status": "canceled", "valid_to": "2024-12-31"},
            ["2024-01-15", "2024-12-31"],
            ["2025-01-01"],
        ),
        (
            {
                "subscription_status": "canceled",
                "valid_to": "2024-12-31",
                "cancel_requested_on": "2024-06-30",
            },
            ["2024-12-31"],
            [],
        ),
        (
            {"subscription_status": "canceled", "cancel_requested_on": "2024-06-30"},
            ["2024-01-15", "2024-06-30"],
            ["2024-07-01"],
        ),
        (
            {"subscription_status": "canceled", "paid_until": "2024-03-31"},
            ["2024-01-15", "2024-03-31"],
            ["2024-04-01"],
        ),
        # The last interval before the report, of 31 March 2025, began on 15 March: + 30 days.
        ({"subscription_status": "past_due"}, ["2025-04-14"], ["2025-04-15"]),
        # By the year: 15 January 2025 + 30 days. By the fortnight: 14 x 31 = 434 days after 15
        # January 2024 is 24 March 2025.
        (
            {"subscription_status": "past_due", "billing_interval": "year"},
            ["2024-12-31", "2025-02-14"],
            ["2025-02-15"],
        ),
        (
            {
                "subscription_status": "past_due",
                "billing_interval": "week",
                "interval_count": 2,
            },
            ["2025-04-23"],
            ["2025-04-24"],
        ),
        # The period ended: its last interval began on 15 May.
        (
            {"subscription_status": "past_due", "valid_to": "2024-06-14"},
            ["2024-06-14"],
            ["2024-06-15"],
        ),
        # A quarter of it: of 15 April, + 30 days.
        (
            {
                "subscription_status": "past_due",
                "valid_to": "2024-06-20",
                "billing_interval": "quarter",
            },
            ["2024-05-15"],
            ["2024-05-16"],
        ),
        (
            {"subscription_status": "past_due", "past_due_since": "2024-02-01"},
            ["2024-03-02"],
            ["2024-03-03"],
        ),
        # Since before its first day: nothing was ever paid for.
        (
            {"subscription_status": "past_due", "past_due_since": "2024-01-01"},
            [],
            ["2024-01-15", "2024-01-31"],
        ),
        (
            {
                "subscription_status": "past_due",
                "cancel_requested_on": "2024-01-16",
                "paid_until": "2024-01-20",
            },
            ["2024-01-20"],
            ["2024-01-21"],
        ),
    ],
)
def test_a_line_pays_on_these_days(others, paid, unpaid):
    report = day("2025-03-31")
    assert all(pays(terms(**others), day(on), report=report) for on in paid)
    assert not any(pays(terms(**others), day(on), report=report) for on in unpaid)


@pytest.mark.parametrize(
    ("status", "paid", "unpaid"),
    [
        # Canceled with the second period: it says nothing of service that is paid for.
        ("canceled", ["2024-01-31"], ["2024-02-01", "2024-12-31"]),
        # Past due since the second period, 1 February, + 30 days.
        ("past_due", ["2024-01-31", "2024-03-02"], ["2024-03-03"]),
    ],
)
def test_a_status_that_changed_begins_with_its_period(status, paid, unpaid):
    line = [
        terms("2024-01-01", "2024-01-31"),
        terms("2024-02-01", "2024-12-31", subscription_status=status),
    ]

    def is_paid(on):
        return any(pays(row, day(on), line, day("2024-12-31")) for row in line)

    assert all(map(is_paid, paid))
    assert not any(map(is_paid, unpaid))


@pytest.mark.parametrize(
    ("rows", "paid", "unpaid"),
    [
        # The first bill after the trial is owed until the end: nothing was ever paid for.
        (
            [
                terms("2024-01-01", "2024-01-14", subscription_status="trialing"),
                terms("2024-01-15", "2024-02-20", subscription_status="past_due"),
            ],
            [],
            ["2024-01-15", "2024-02-14"],
        ),
        # It is paid on 10 February: the days of grace count from the first one on.
        (
            [
                terms("2024-01-15", "2024-02-09", subscription_status="past_due"),
                terms("2024-02-10"),
            ],
            ["2024-01-15", "2024-02-09", "2024-02-10"],
            [],
        ),
        # A first day was paid for, and at no price it was not.
        (
            [terms("2024-01-15", subscription_status="past_due", past_due_since="2024-01-16")],
            ["2024-01-15", "2024-02-15"],
            ["2024-02-16"],
        ),
        (
            [
                terms("2024-01-01", "2024-01-14", discount_share=1),
                terms("2024-01-15", subscription_status="past_due"),
            ],
            ["2024-01-14"],
            ["2024-01-15"],
        ),
        # It will be paid for after the report.
        (
            [
                terms("2025-03-20", "2025-03-31", subscription_status="past_due"),
                terms("2025-04-01"),
            ],
            ["2025-04-01"],
            ["2025-03-20", "2025-03-31"],
        ),
    ],
)
def test_a_line_whose_first_bill_was_never_paid_pays_on_no_day(rows, paid, unpaid):
    def is_paid(on):
        return any(pays(row, day(on), rows, day("2025-03-31")) for row in rows)

    assert all(map(is_paid, paid))
    assert not any(map(is_paid, unpaid))


def world(*lines, reporting_date="2024-12-31", first_date="2024-01-01", **others):
    """A world whose customer c1 has the lines given as lists of terms."""
    lines = [Line(f"l{n}", "c1", rows) for n, rows in enumerate(lines, 1)]
    others.setdefault("companies", [Company("c1")])
    return World(day(reporting_date), day(first_date), lines=lines, **others)


def movements(books):
    """(month, movement, plan) -> amount, of those that are not 0."""
    return {
        (first_day(month).isoformat()[:7], movement, plan): amount
        for (_, month, movement, plan, _), amount in books.movements.items()
        if amount
    }


def test_a_plan_swap_is_an_expansion_and_not_churn():
    books = Books(
        world(
            [
                terms("2024-01-15", "2024-03-09"),
                terms("2024-03-10", plan_id="premium", unit_price=150),
            ]
        )
    )
    assert movements(books) == {
        ("2024-01", "new", "Basic"): 100,
        ("2024-03", "expansion", "Basic"): -100,
        ("2024-03", "expansion", "Premium"): 150,
    }


def test_a_rate_moves_what_stayed_and_the_rest_is_the_customers():
    # 100 USD become 150 USD while the dollar rises from 0.90 to 0.95: 100 * 0.05 is fx.
    books = Books(
        world(
            [
                terms("2024-01-15", "2024-02-15", currency="USD"),
                terms("2024-02-16", unit_price=150, currency="USD"),
            ],
            rates=[
                ExchangeRate(day("2024-01-31"), "USD", "EUR", Decimal("0.9")),
                ExchangeRate(day("2024-02-29"), "USD", "EUR", Decimal("0.95")),
            ],
        )
    )
    assert movements(books) == {
        ("2024-01", "new", "Basic"): 90,
        ("2024-02", "fx", "Basic"): 5,
        ("2024-02", "expansion", "Basic"): Fraction("47.5"),
    }


def test_a_swap_of_plans_is_no_effect_of_the_currency():
    # 100 USD of Basic become 120 USD of Premium while the dollar rises from 0.90 to 0.95. What
    # stayed are the 100 USD of the start, in Basic: 5 of fx. Basic loses 95, Premium wins 114.
    books = Books(
        world(
            [
                terms("2024-01-15", "2024-02-15", currency="USD"),
                terms("2024-02-16", unit_price=120, plan_id="premium", currency="USD"),
            ],
            rates=[
                ExchangeRate(day("2024-01-31"), "USD", "EUR", Decimal("0.9")),
                ExchangeRate(day("2024-02-29"), "USD", "EUR", Decimal("0.95")),
            ],
        )
    )
    assert movements(books) == {
        ("2024-01", "new", "Basic"): 90,
        ("2024-02", "fx", "Basic"): 5,
        ("2024-02", "expansion", "Basic"): -95,
        ("2024-02", "expansion", "Premium"): 114,
    }


def test_a_return_is_a_reactivation_with_the_length_of_its_gap():
    books = Books(world([terms("2024-01-15", "2024-02-29"), terms("2024-06-01", "2024-06-30")]))
    assert movements(books) == {
        ("2024-01", "new", "Basic"): 100,
        ("2024-03", "churn", "Basic"): -100,
        ("2024-06", "reactivation", "Basic"): 100,
        ("2024-07", "churn", "Basic"): -100,
    }
    assert books.gap("c1", month_of(day("2024-06-30"))) == 3
    assert books.cohort("c1") == month_of(day("2024-01-31"))


def test_who_comes_and_leaves_within_a_month_is_reported_apart():
    books = Books(world([terms("2024-05-03", "2024-05-20")]))
    assert movements(books) == {}
    assert books.cohort("c1") is None
    assert books.intra_month_churn == {
        ("c1", month_of(day("2024-05-01"))): (day("2024-05-03"), day("2024-05-20"), "Basic", 100)
    }


def test_an_adjustment_that_eats_the_price_up_leaves_no_customer():
    books = Books(world([terms()], [terms("2024-04-01", "2024-04-30", unit_price=-100)]))
    assert books.balance("c1", month_of(day("2024-03-31"))) == 100
    assert books.balance("c1", month_of(day("2024-04-30"))) == 0
    assert ("2024-04", "churn", "Basic") in movements(books)
    assert ("2024-05", "reactivation", "Basic") in movements(books)


def test_kpis_of_two_customers_worked_by_hand():
    # c1 pays 100 and then 80 from July; c2 pays 200 until September. Both from January 2024.
    books = Books(
        World(
            day("2025-01-31"),
            day("2024-01-01"),
            companies=[Company("c1"), Company("c2")],
            lines=[
                Line(
                    "l1",
                    "c1",
                    [terms("2024-01-01", "2024-06-30"), terms("2024-07-01", unit_price=80)],
                ),
                Line("l2", "c2", [terms("2024-01-01", "2024-09-15", unit_price=200)]),
            ],
            invoices=[
                Invoice("i1", "c1", day("2024-02-01"), Decimal(300)),
                Invoice("i2", "c1", day("2024-03-01"), Decimal(100)),
                Invoice("i3", "c2", day("2024-03-01"), Decimal(50), invoice_type="credit_note"),
            ],
        )
    )
    cells = Figures(books).cells

    def figure(kpi, variant, grain, start, dimension="all", segment="all"):
        return cells[kpi][variant, grain, day(start), dimension, segment]

    assert figure("mrr", "standard", "month", "2024-06-01") == (300, None, 300, False)
    assert figure("arr", "standard", "half_year", "2024-07-01") == (960, None, 960, False)
    growth = "mrr_growth_rate"
    assert figure(growth, "previous_period", "half_year", "2024-07-01")[:2] == (-220, 300)
    assert figure(growth, "previous_period", "month", "2024-07-01")[:2] == (-20, 300)
    assert figure(growth, "previous_year", "month", "2025-01-01")[:2] == (-220, 300)
    assert figure(growth, "previous_year", "year", "2024-01-01")[1:3] == (0, None)
    nrr, grr = "net_revenue_retention", "gross_revenue_retention"
    assert figure(nrr, "period", "quarter", "2024-07-01")[:2] == (80, 300)
    assert figure(grr, "trailing_12_months", "month", "2025-01-01")[:2] == (80, 300)
    assert figure("revenue_churn_rate", "gross", "quarter", "2024-07-01")[:2] == (220, 300)
    churn = "customer_churn_rate"
    assert figure(churn, "active_in_period", "year", "2024-01-01") == (1, 2, Fraction("0.5"), False)
    assert figure(churn, "active_at_start", "year", "2024-01-01")[1:3] == (0, None)
    cohort = ("cohort_retention", "customers", "month", "2024-01-01", "months_since")
    assert figure(*cohort, "7")[:2] == (2, 2)
    assert figure(*cohort, "8") == (1, 2, Fraction("0.5"), False)
    # Eight month ends with and five without c2; thirteen of c1.
    assert figure("customer_lifetime", "observed", "year", "2025-01-01")[:2] == (21, 24)
    # One of two left, which is too few to tell a lifetime.
    assert figure("customer_lifetime", "inverse_churn", "year", "2025-01-01")[:3] == (2, 1, None)
    assert figure("revenue", "invoiced", "quarter", "2024-01-01") == (350, None, 350, False)
    assert (
        figure("revenue", "invoiced", "month", "2024-03-01", "customer_type", "existing")[0] == 50
    )
    assert figure("arpa", "invoiced_accounts", "quarter", "2024-01-01")[:2] == (350, 1)
    assert figure("average_order_value", "standard", "quarter", "2024-01-01")[2] == 175
    assert figure("sales_growth_rate", "invoiced_previous_period", "month", "2024-03-01")[:2] == (
        -250,
        300,
    )
    assert figure("repeat_purchase_rate", "standard", "month", "2024-03-01")[2] == 1


# -- worlds ----------------------------------------------------------------------------------------

FIRST, LAST = day("2023-11-01"), day("2025-04-30")
EDGES = sorted(
    {
        on
        for month in range(month_of(FIRST), month_of(LAST) + 1)
        for on in (
            first_day(month),
            last_day(month),
            last_day(month) - timedelta(days=1),
            first_day(month) + timedelta(days=14),
        )
    }
)
days = st.one_of(st.sampled_from(EDGES), st.dates(FIRST, LAST))
reporting_dates = st.sampled_from(
    [
        *map(
            day,
            ["2025-01-31", "2025-02-14", "2024-12-31", "2025-03-01", "2025-02-27", "2025-03-30"],
        )
    ]
)


def often(value, *others, weight=3):
    """Mostly the first value."""
    return st.sampled_from([value] * weight * len(others) + list(others))


def decimals(*values):
    return st.sampled_from([Decimal(value) for value in values])


prices_drawn = decimals(
    *["100", "29.99", "1200", "60", "33.3333", "150"] * 2, *["0", "-20", "-100"]
)
details = {
    "plan_id": st.sampled_from(["basic", "basic", "premium", "extra", "basic", "premium", None]),
    "quantity": decimals("1", "1", "1", "5", "2", "0", "2.5"),
    "unit_price": prices_drawn,
    "list_unit_price": often(None, Decimal(120), Decimal(0), weight=2),
    "currency": st.sampled_from(["EUR", "EUR", "USD", "USD", "GBP"]),
    "interval": st.sampled_from(
        [("month", 1)] * 4
        + [("year", 1), ("year", 2), ("quarter", 1), ("month", 6), ("week", 2), ("day", 10)]
    ),
    "discount_share": often(Decimal(0), Decimal("0.1"), Decimal("0.5"), Decimal(1), weight=1),
    "subscription_status": st.sampled_from(
        ["active"] * 12 + ["trialing", "past_due", "past_due", "paused", "canceled", "canceled"]
    ),
}
CHANGES = [None, *details, *["unit_price", "plan_id"] * 4, *["quantity", "subscription_status"] * 2]
offsets = st.sampled_from([0, -1, 5, 14, 29, 30, 31, 45, 60, 100, 200, -20, -40])
lengths = st.sampled_from([59, 89, 30, 0, 5, 13, 29, 89, 180, 364])


@st.composite
def rows_of_a_line(draw, starts):
    """One to five validity periods; each differs from the one before in at most one thing."""
    on = draw(starts)
    now = {column: draw(values) for column, values in details.items()}
    now["line_type"] = draw(often("recurring", "one_off", "setup", "metered", weight=4))
    rows = []
    count = draw(st.sampled_from([1, 2, 3, 4, 5, 2, 3, 4]))
    for number in range(1, count + 1):
        if rows:
            gap = draw(st.sampled_from([0, 0, 0, 0, 1, 10, 30, 62, 95]))
            on = rows[-1].valid_to + timedelta(days=gap + 1)
            changed = draw(st.sampled_from(CHANGES))
            if changed:
                now[changed] = draw(details[changed])
        is_open = number == count and draw(st.booleans())
        valid_to = None if is_open else on + timedelta(days=draw(lengths))
        rows.append(draw(row_of(now, on, valid_to)))
    return rows


@st.composite
def row_of(draw, now, valid_from, valid_to):
    def after(offset):
        return valid_from + timedelta(days=offset)

    columns = {column: value for column, value in now.items() if column != "interval"}
    columns["billing_interval"], columns["interval_count"] = now["interval"]
    if now["discount_share"] and draw(st.booleans()):
        columns["discount_ends_on"] = after(draw(offsets))
    status = now["subscription_status"]
    has_trial = draw(st.booleans()) if status == "trialing" else draw(often(False, True, weight=8))
    if has_trial:
        columns["trial_ends_on"] = after(draw(offsets))
    if status == "past_due" and draw(st.booleans()):
        columns["past_due_since"] = after(draw(offsets))
    cancelled = draw(
        st.sampled_from(["", "both", "both", "paid_until", "", "cancel_requested_on"])
        if status == "canceled"
        else often("", "both", "paid_until", "cancel_requested_on", weight=3)
    )
    if cancelled in ("both", "cancel_requested_on"):
        columns["cancel_requested_on"] = after(draw(offsets))
    if cancelled in ("both", "paid_until"):
        columns["paid_until"] = after(draw(offsets))
    reason = draw(often(None, "price", "unused", "not_paid", weight=2))
    return Terms(valid_from, valid_to, cancellation_reason=reason, **columns)


@st.composite
def lines_of(draw, company_id):
    """Zero to four lines; some begin when the one before ends, as after a change of contract."""
    lines = []
    for number in range(1, draw(st.sampled_from([1, 2, 3, 4, 0, 2, 3])) + 1):
        starts = days
        if lines and lines[-1].terms[-1].valid_to and draw(st.booleans()):
            starts = st.just(lines[-1].terms[-1].valid_to + timedelta(days=1))
        lines.append(Line(f"{company_id}-l{number}", company_id, draw(rows_of_a_line(starts))))
    return lines


amounts = decimals("100", "250.55", "19.99", "0", "-30", "0.01", "1234.56")


def taxed_and_paid(amount, issued_on, line_count):
    """Tax, due day and day of payment, which follow from the rest: a draw would change all worlds.

    Paid early, in time, late and after the report; not at all, not known.
    """
    turn = issued_on.toordinal() + line_count
    taxes = [amount / 5, Decimal(0), None, abs(amount) / 10]
    tax = taxes[turn % 4]
    due, paid = [30, None, 1, 75][turn // 4 % 4], [None, 12, 45, 200, -3, 31, 0][turn % 7]
    return (
        None if tax is None else tax.quantize(Decimal("0.01")),
        None if due is None else issued_on + timedelta(days=due),
        None if paid is None else issued_on + timedelta(days=paid),
    )


@st.composite
def invoices(draw, invoice_id, company_ids):
    amount = draw(amounts)
    lines = []
    kind = draw(st.sampled_from(["adds up", "none", "does not add up", "adds up"]))
    plan_ids = st.sampled_from(["basic", "premium", None])
    issued_on = draw(days)

    def service():
        """A year ahead, the month before, one day, no end, no days at all, the wrong way round."""
        if draw(st.booleans()):
            return None, None
        first = issued_on + timedelta(days=draw(st.sampled_from([0, 1, -31, -90, 40])))
        length = draw(st.sampled_from([364, 30, 0, 89, -5, None]))
        return first, None if length is None else first + timedelta(days=length)

    if kind != "none":
        part = draw(amounts)
        lines.append(InvoiceLine(part, draw(plan_ids), *service()))
        if kind == "adds up" and part != amount:
            lines.append(InvoiceLine(amount - part, draw(plan_ids), *service()))
    return Invoice(
        invoice_id,
        draw(st.sampled_from(company_ids)),
        issued_on,
        amount,
        lines,
        draw(often("invoice", "credit_note", weight=2)),
        draw(st.sampled_from(["paid", "paid", "open", "uncollectible", "void", "draft"])),
        draw(st.sampled_from(["EUR", "EUR", "USD", "GBP"])),
        *taxed_and_paid(amount, issued_on, len(lines)),
    )


@st.composite
def exchange_rates(draw):
    """Month-end rates of the dollar that go through a few values, from some month on."""
    # Numbers whose inverse is short too: how many digits of 1 / 1.1 are kept is not defined.
    values = draw(
        st.sampled_from([["1", "0.8"], ["0.8", "1", "1.25"], ["0.5", "1", "1", "0.625"], []])
    )
    begin = draw(st.sampled_from([0, 0, 0, 4, 9, 17]))
    pair = ("EUR", "USD") if draw(st.booleans()) else ("USD", "EUR")
    rate_days = [last_day(n) for n in range(month_of(FIRST) + begin, month_of(LAST) + 1)]
    if draw(st.booleans()):
        rate_days += [on for on in EDGES if on.day == 15 and on.month % 3 == 2]
    return [
        ExchangeRate(on, *pair, Decimal(values[n % len(values)]))
        for n, on in enumerate(sorted(rate_days) if values else [])
    ]


def signed(lines, reporting_date):
    """The lines with deals, which follow from the rest: a draw would change all worlds.

    Signed long or shortly before, on the first day, afterwards; lost, merged, none. Each third line
    belongs to the subscription and the deal of the one before it.
    """
    deals, with_deals = [], []
    for number, line in enumerate(lines):
        begins = min(row.valid_from for row in line.terms)
        turn = begins.toordinal() + len(line.terms)
        before = with_deals[-1] if with_deals else None
        if turn % 3 == 0 and before and before.company_id == line.company_id:
            with_deals.append(
                replace(line, subscription_id=before.subscription_id, deal_id=before.deal_id)
            )
            continue
        deal_id = f"d{number}"
        closed = begins - timedelta(days=[40, 0, 200, 75, -10, 12, 33][turn % 7])
        is_won = turn % 11 != 0 and closed <= reporting_date
        deals.append(Deal(deal_id, closed, is_won))
        if turn % 5 == 0:
            deals.append(Deal(f"{deal_id}-merged", closed, is_won, deal_id))
            deal_id = f"{deal_id}-merged"
        with_deals.append(replace(line, deal_id=None if turn % 6 == 1 else deal_id))
    return with_deals, deals


@st.composite
def worlds(draw):
    companies = []
    for number in range(1, draw(st.sampled_from([1, 2, 3, 4, 5, 6, 4, 5, 6])) + 1):
        ends = [c.company_id for c in companies if not c.surviving_company_id]
        into = draw(often(None, *ends, weight=3)) if ends else None
        country = draw(st.sampled_from(["FR", "DE", None]))
        is_counted = not into and draw(often(True, False, weight=5))
        companies.append(Company(f"c{number}", into, country, is_counted))
    company_ids = [company.company_id for company in companies]
    if draw(st.booleans()):
        company_ids.append("not in the CRM")
    lines = [line for company_id in company_ids for line in draw(lines_of(company_id))]
    count = draw(st.sampled_from([0, 3, 5, 8]))
    bills = [draw(invoices(f"i{number}", company_ids)) for number in range(1, count + 1)]
    reporting_date = draw(reporting_dates)
    known_days = [row.valid_from for line in lines for row in line.terms]
    known_days += [bill.issued_on for bill in bills]
    lines, deals = signed(lines, reporting_date)
    first_date = min([FIRST] if draw(st.booleans()) else [*known_days, reporting_date])
    return World(
        reporting_date,
        first_date,
        companies=companies,
        lines=lines,
        deals=deals,
        invoices=bills,
        rates=draw(exchange_rates()),
    )


# Hypothesis makes no copies of the parts of a list without doubles; else it would spend five of six
# examples on the world before with one line replaced by another.
diverse_worlds = st.lists(worlds(), min_size=1, max_size=1, unique_by=id).map(lambda one: one[0])


# -- the project's SQL on a world ------------------------------------------------------------------

BILLING = [
    "stg_plans",
    "stg_subscriptions",
    "stg_invoices",
    "stg_invoice_lines",
    "stg_exchange_rates",
]
KPIS = [
    "revenue",
    "deferred_revenue",
    "sales_growth_rate",
    "mrr",
    "arr",
    "contracted_arr",
    "remaining_performance_obligation",
    "mrr_growth_rate",
    "mrr_movements",
    "net_new_mrr",
    "net_revenue_retention",
    "gross_revenue_retention",
    "expansion_rate",
    "revenue_churn_rate",
    "quick_ratio",
    "arpa",
    "arpu",
    "average_order_value",
    "purchase_frequency",
    "cash_collected",
    "overdue_receivables",
    "days_sales_outstanding",
    "active_customers",
    "customer_concentration",
    "customer_churn_rate",
    "involuntary_churn_rate",
    "customer_retention_rate",
    "cohort_retention",
    "customer_lifetime",
    "repeat_purchase_rate",
    "trial_conversion_rate",
]


class Warehouse:
    """The compiled SQL of the models, in a database in memory, on one world at a time.

    From the models that the KPIs need, those run that read the billing tables, and the calendar.
    Their other tables are filled from the world, empty like the CRM's tables, or made of seeds.
    """

    wanted = (*(f"kpi_{kpi}" for kpi in KPIS), "customers_ranked")

    def __init__(self, manifest, demo_path, change=lambda name, sql: sql):
        nodes = manifest["nodes"]
        self.nodes = {
            node["name"]: node
            for node in nodes.values()
            if node["resource_type"] in ("model", "seed")
        }
        self.parents = {
            name: [
                nodes[key]["name"] for key in node["depends_on"].get("nodes", []) if key in nodes
            ]
            for name, node in self.nodes.items()
        }
        ordered = []
        for name in self.wanted:
            self.add_with_parents(name, ordered)
        running = [
            name
            for name in ordered
            if name != "int_reporting_date" and (self.is_billing(name) or self.is_calendar(name))
        ]
        read = {parent for name in running for parent in self.parents[name]} - set(running)
        self.sql = {name: change(name, self.compiled(name)) for name in running}
        self.tables = [name for name in running if self.is_table(name)]
        self.database = duckdb.connect(config={"threads": 1})
        self.database.execute(f"attach '{demo_path}' as demo (read_only)")
        for name in [*sorted(read), *self.tables]:
            schema = self.nodes[name]["schema"]
            rows = "" if self.is_made_of_seeds(name) else "limit 0"
            self.database.execute(f"create schema if not exists {schema}")
            self.database.execute(
                f"create table {self.place(name)} as from demo.{self.place(name)} {rows}"
            )
        self.database.execute("detach demo")
        self.database.execute("create schema if not exists kpis")
        for name in running:
            if not self.is_table(name):
                self.database.execute(f"create view {self.place(name)} as {self.sql[name]}")

    def add_with_parents(self, name, ordered):
        """All that a model needs, parents first; the reporting date is given."""
        if name not in ordered:
            for parent in self.parents[name] if name != "int_reporting_date" else []:
                self.add_with_parents(parent, ordered)
            ordered.append(name)

    def is_billing(self, name):
        """Whether a model reads the billing tables, other than to find the reporting date."""
        return any(
            parent in BILLING or (parent != "int_reporting_date" and self.is_billing(parent))
            for parent in self.parents[name]
        )

    def is_calendar(self, name):
        return bool(self.parents[name]) and all(
            parent in {"int_reporting_date", "company_weeks"} or self.is_calendar(parent)
            for parent in self.parents[name]
        )

    def is_made_of_seeds(self, name):
        is_seed = self.nodes[name]["resource_type"] == "seed"
        parents = self.parents[name]
        return is_seed or (bool(parents) and all(map(self.is_made_of_seeds, parents)))

    def is_table(self, name):
        return self.nodes[name]["config"]["materialized"] == "table"

    def place(self, name):
        return f"{self.nodes[name]['schema']}.{name}"

    def compiled(self, name):
        node = self.nodes[name]
        return node["compiled_code"].replace(f'"{node["database"]}".', "")

    def build(self, rows):
        """Fill the staged tables, {name: [rows as dicts]}, and run the models that are tables."""
        for name, filled in rows.items():
            self.fill(self.place(name), filled)
        for name in self.tables:
            self.database.execute(f"delete from {self.place(name)}")
            self.database.execute(f"insert into {self.place(name)} by name {self.sql[name]}")

    def fill(self, place, rows):
        self.database.execute(f"delete from {place}")
        if rows:
            values = ", ".join(f"({', '.join(map(literal, row.values()))})" for row in rows)
            self.database.execute(f"insert into {place} ({', '.join(rows[0])}) values {values}")

    def select(self, query):
        return self.database.execute(query).fetchall()


def literal(value):
    if value is None:
        return "null"
    if isinstance(value, (str, date)):
        return "'" + str(value).replace("'", "''") + "'"
    return str(value)


def staged(world):
    """The rows of a world as staging would have them."""
    rows = {
        "int_reporting_date": [
            {"first_date": world.first_date, "reporting_date": world.reporting_date}
        ],
        "stg_companies": [
            {
                "company_id": company.company_id,
                "surviving_company_id": company.surviving_company_id or company.company_id,
                "is_counted": company.is_counted,
                "country": company.country,
            }
            for company in world.companies
        ],
        "stg_plans": [vars(plan) for plan in world.plans],
        "stg_subscriptions": [
            {**vars(line), **vars(row)} for line in world.lines for row in line.terms
        ],
        "stg_deals": [
            {
                "deal_id": deal.deal_id,
                "surviving_deal_id": deal.surviving_deal_id or deal.deal_id,
            }
            for deal in world.deals
        ],
        "int_deals_resolved": [
            {"deal_id": deal.deal_id, "is_won": deal.is_won, "closed_date": deal.closed_on}
            for deal in world.deals
            if not deal.surviving_deal_id
        ],
        "stg_invoices": [
            {
                "invoice_id": bill.invoice_id,
                "company_id": bill.company_id,
                "invoice_type": bill.invoice_type,
                "invoice_status": bill.invoice_status,
                "currency": bill.currency,
                "amount_excl_tax": bill.amount,
                "tax_amount": bill.tax,
                "issued_on": bill.issued_on,
                "due_on": bill.due_on,
                "paid_on": bill.paid_on,
            }
            for bill in world.invoices
        ],
        "stg_invoice_lines": [
            {
                "invoice_line_id": f"{bill.invoice_id}-{number}",
                "invoice_id": bill.invoice_id,
                "plan_id": row.plan_id,
                "line_type": "recurring",
                "amount_excl_tax": row.amount,
                "period_start": row.service_start,
                "period_end": row.service_end,
            }
            for bill in world.invoices
            for number, row in enumerate(bill.lines, 1)
        ],
        "stg_exchange_rates": [vars(rate) for rate in world.rates],
    }
    for row in rows["stg_subscriptions"]:
        del row["terms"]
    for name in {*BILLING, "stg_companies"}:
        for number, row in enumerate(rows[name], 1):
            row |= {"source_system": "demo", "input_row_id": number}
    return rows


@pytest.fixture(scope="module")
def warehouse(demo_build):
    return Warehouse(demo_build.manifest, demo_build.build_path)


# -- the comparison --------------------------------------------------------------------------------


def month_ends(books):
    """Expected rows of fct_mrr_months: (customer, month) -> its figures."""
    rows = {}
    for customer in books.customers:
        cohort = books.cohort(customer)
        for month in books.months:
            if cohort is None or month < cohort:
                continue
            charges = books.charges(customer, month)
            known = [m for m in books.balances[customer] if m <= month]
            rows[customer, first_day(month)] = {
                "balance_date": books.balance_day(month),
                "plan": books.main_plan(customer, month),
                "country": books.country(customer),
                "start_mrr_amount": books.balance(customer, month - 1),
                "mrr_amount": books.balance(customer, month),
                "list_mrr_amount": sum(charge.list_amount for charge in charges),
                "fx_amount": sum(
                    amount
                    for (who, when, movement, _, _), amount in books.movements.items()
                    if (who, when, movement) == (customer, month, "fx")
                ),
                "seat_count": sum(charge.seats for charge in charges),
                "is_active": bool(charges),
                "churn_reason": books.churn_reason(customer, month),
                "is_churn_involuntary": books.is_involuntary(customer, month),
                "cohort_month": first_day(cohort),
                "months_since_cohort": month - cohort,
                "active_month_count": len(known),
                "gap_months": books.gap(customer, month),
                "mrr_12_months_ago_amount": books.balance(customer, month - 12),
            }
    return rows


def line_months(books):
    """Expected rows of fct_subscription_months: (line, month) -> its figures."""
    return {
        (charge.line_id, first_day(month)): {
            "customer_id": customer,
            "plan": charge.plan,
            "currency": charge.currency,
            "mrr_in_currency": charge.mrr,
            "mrr_amount": charge.amount,
            "list_mrr_amount": charge.list_amount,
            "seat_count": charge.seats,
        }
        for customer in books.customers
        for month in books.months
        for charge in books.charges(customer, month)
    }


def movement_rows(books):
    return {
        (customer, first_day(month), movement, *others): {
            "movement_amount": amount,
            "net_change_amount": books.net_changes.get((customer, month, movement, *others), 0),
            "churn_reason": books.churn_reason(customer, month) if movement == "churn" else None,
            "is_churn_involuntary": (
                (movement == "churn" and books.is_involuntary(customer, month))
                if books.are_failures_told
                else None
            ),
        }
        for (customer, month, movement, *others), amount in books.movements.items()
        if not agree(0, amount)
    }


def intra_month_rows(books):
    return {
        (customer, first_day(month)): {
            "first_paid_date": first,
            "last_paid_date": last,
            "plan": plan,
            "churned_mrr_amount": amount,
        }
        for (customer, month), (first, last, plan, amount) in books.intra_month_churn.items()
    }


def customer_rows(books):
    """Expected rows of dim_customers: customer -> its figures."""
    rows = {}
    for customer in books.customers:
        paid, cohort = books.paid_days(customer), books.cohort(customer)
        rows[(customer,)] = {
            "country": books.country(customer),
            "cohort_month": cohort and first_day(cohort),
            "first_paid_date": min(paid, default=None),
            "last_paid_date": None if books.runs_on(customer) else max(paid, default=None),
            "first_purchase_date": books.first_purchase(customer),
        }
    return rows


def customer_period_rows(books):
    """Expected rows of fct_customer_periods: (grain, first day, customer) -> its figures."""
    first_balance = min((min(months) for months in books.balances.values() if months), default=0)
    rows = {}
    for period in books.periods:
        months = books.months_in(period)
        end = months[-1]
        year = range(end - 12, end + 1)
        for customer, balances in books.balances.items():
            start = books.balance(customer, period.first_month - 1)
            is_active_in_period = bool(start) or any(month in balances for month in months)
            if is_active_in_period or any(month in balances for month in year):
                rows[period.grain, period.start, customer] = {
                    "plan": books.main_plan(customer, end),
                    "country": books.country(customer),
                    "start_mrr_amount": start,
                    "end_mrr_amount": books.balance(customer, end),
                    "mrr_12_months_ago_amount": books.balance(customer, end - 12),
                    "was_active_at_start": bool(start),
                    "was_active_in_period": is_active_in_period,
                    "was_active_in_12_months": any(month in balances for month in year),
                    "is_active_at_end": end in balances,
                    "churn_reason": books.churn_reason(customer, end),
                    "is_churn_involuntary": books.is_involuntary(customer, end),
                    "has_12_months": end - first_balance >= 11,
                }
    return rows


def ranked_rows(books):
    """Expected rows of customers_ranked: customer -> what its lines and its balances add up to."""
    today, now, first = books.world.reporting_date, books.months[-1], books.months[0]

    def earned(sale, month):
        return sale.served(today) - sale.served(last_day(max(month, first) - 1))

    rows = {}
    for customer in books.customers:
        sales = [sale for sale in books.sales if sale.customer == customer]
        balances, since = books.balances[customer], min(books.paid_days(customer), default=None)
        row = {
            "country": books.country(customer),
            "plan": books.main_plan(customer, now) if balances else None,
            "customer_since_date": since or books.first_purchase(customer),
        }
        if books.sales:
            row |= {
                "revenue_amount": sum(earned(sale, first) for sale in sales),
                "revenue_12_months_amount": sum(earned(sale, now - 11) for sale in sales),
                "invoiced_amount": sum(s.amount for s in sales if s.on >= first_day(first)),
            }
        if any(books.balances.values()):
            row |= {
                "is_active": now in balances,
                "tenure_months": len(balances),
                "mrr_amount": books.balance(customer, now),
                "contraction_3_months_amount": sum(
                    amount
                    for (who, month, movement, _, _), amount in books.movements.items()
                    if (who, movement) == (customer, "contraction") and month > now - 3
                ),
            }
        rows[(customer,)] = dict.fromkeys(RANKED) | row
    if not books.sales:
        return rows
    whole = sum(row["revenue_amount"] for row in rows.values())
    so_far = 0
    ranked = sorted(rows.items(), key=lambda item: (-item[1]["revenue_amount"], item[0]))
    for rank, (_, row) in enumerate(ranked, 1):
        row["customer_rank"] = rank
        if whole > 0:
            so_far += row["revenue_amount"]
            row["revenue_share"] = row["revenue_amount"] / whole
            row["cumulative_revenue_share"] = so_far / whole
    return rows


RANKED = [
    "customer_rank",
    "country",
    "plan",
    "is_active",
    "customer_since_date",
    "tenure_months",
    "revenue_amount",
    "revenue_12_months_amount",
    "invoiced_amount",
    "mrr_amount",
    "revenue_share",
    "cumulative_revenue_share",
    "contraction_3_months_amount",
]
# The marts, and the report of customers.
MARTS = {
    "dim_customers": (["customer_id"], customer_rows),
    "customers_ranked": (["customer_id"], ranked_rows),
    "fct_subscription_months": (["line_id", "month_start"], line_months),
    "fct_contract_months": (["line_id", "month_start"], contract_rows),
    "fct_mrr_months": (["customer_id", "month_start"], month_ends),
    "fct_mrr_movements": (
        ["customer_id", "month_start", "movement", "plan", "currency"],
        movement_rows,
    ),
    "fct_intra_month_churn": (["customer_id", "month_start"], intra_month_rows),
    "fct_customer_periods": (
        ["period_grain", "period_start", "customer_id"],
        customer_period_rows,
    ),
}
ADDITIVE = [
    *("revenue", "mrr", "arr", "mrr_movements", "net_new_mrr", "active_customers"),
    *("contracted_arr", "remaining_performance_obligation"),
]
# Cuts that are compared, beside the total.
DIMENSIONS = {
    "revenue": ["customer_type", "plan", "country"],
    "mrr": ["plan", "country"],
    "arr": ["plan", "country"],
    "contracted_arr": ["plan", "country"],
    "remaining_performance_obligation": ["plan", "country"],
    "mrr_growth_rate": ["plan", "country"],
    "mrr_movements": ["movement", "churn_reason", "plan", "country"],
    "revenue_churn_rate": ["churn_reason", "plan", "country"],
    "quick_ratio": ["plan", "country"],
    "expansion_rate": ["plan", "country"],
    "customer_churn_rate": ["churn_reason"],
    "involuntary_churn_rate": ["plan", "country"],
    "active_customers": ["plan", "country"],
    "customer_concentration": ["plan", "country"],
    "average_order_value": ["plan", "country"],
    "purchase_frequency": ["plan", "country"],
    "cash_collected": ["plan", "country"],
    "overdue_receivables": ["plan", "country"],
    "days_sales_outstanding": ["plan", "country"],
    "repeat_purchase_rate": ["plan", "country"],
    "cohort_retention": ["months_since"],
    "trial_conversion_rate": ["plan", "country"],
}


def agree(expected, actual, tolerance=Fraction(1, 10**6)):
    if expected is None or actual is None or isinstance(expected, (str, date)):
        return expected == actual
    return abs(Fraction(expected) - Fraction(actual)) <= tolerance


def mart_differences(warehouse, books):
    for name, (keys, expect) in MARTS.items():
        expected = expect(books)
        columns = list(next(iter(expected.values()), {}))
        # Rounding may leave a movement of a hundredth of a millionth, or none.
        filled = "where abs(movement_amount) > 1e-6" if name == "fct_mrr_movements" else ""
        place = warehouse.place(name)
        rows = warehouse.select(f"select {', '.join(keys + columns)} from {place} {filled}")
        actual = {
            row[: len(keys)]: dict(zip(columns, row[len(keys) :], strict=True)) for row in rows
        }
        if len(actual) != len(rows):
            yield name, "a key is there twice", len(actual), len(rows)
        for key in sorted(expected.keys() | actual.keys(), key=str):
            one, other = expected.get(key), actual.get(key)
            if one is None or other is None:
                yield name, key, one, other
                continue
            for column in columns:
                if not agree(one[column], other[column]):
                    yield name, (*key, column), one[column], other[column]


def kpi_differences(warehouse, books):
    figures = Figures(books)
    add_contracts(figures)
    for kpi in KPIS:
        dimensions = ", ".join(f"'{name}'" for name in ["all", *DIMENSIONS.get(kpi, [])])
        rows = warehouse.select(
            f"""
            select
                variant, period_grain, period_start, dimension, segment,
                numerator, denominator, value, is_provisional
            from kpis.kpi_{kpi}
            where dimension in ({dimensions})
            """
        )
        actual = {row[:5]: row[5:] for row in rows}
        if len(actual) != len(rows):
            yield kpi, "a key is there twice", len(actual), len(rows)
        expected = figures.cells[kpi]
        for key in sorted(expected.keys() | actual.keys(), key=str):
            one, other = expected.get(key), actual.get(key)
            if not same_cell(key, one, other):
                yield kpi, key, one, other


def same_cell(key, expected, actual):
    if expected is None or actual is None:
        # Which segments without anything in the period have a row is the project's own business.
        return key[3] != "all" and not any((expected or actual)[:3])
    upper, lower, value, is_provisional = actual
    if is_provisional != expected[3] or (value is None) != (expected[2] is None):
        return False
    if expected[1] == 0 and lower is None:
        # A quotient without a denominator: its parts may be unknown as well.
        return upper is None or agree(expected[0], upper)
    return all(map(agree, expected, actual))


def readable(difference):
    name, key, expected, actual = difference

    def plain(value):
        if isinstance(value, Fraction):
            return f"{float(value):.10g}"
        if isinstance(value, (tuple, list)):
            return "(" + ", ".join(map(plain, value)) + ")"
        return str(value)

    return f"{name} {plain(key)}: expected {plain(expected)}, got {plain(actual)}"


def differences(warehouse, books):
    found = [*mart_differences(warehouse, books), *kpi_differences(warehouse, books)]
    names = dict.fromkeys(name for name, *_ in found)
    return [
        "\n".join(readable(one) for one in [one for one in found if one[0] == name][:4])
        for name in names
    ]


def seen_in(books):
    """The things in a world that are easily counted wrong."""
    movements = {movement for (_, _, movement, _, _), amount in books.movements.items() if amount}
    changed = {
        key for key, amount in books.movements.items() if amount and key[2] in ("expansion", "fx")
    }
    return {
        *movements,
        *(["intra_month_churn"] if books.intra_month_churn else []),
        *(["plan_swap"] if len({key[3] for key in changed}) > 1 else []),
        *(["merge"] if any(c.surviving_company_id for c in books.world.companies) else []),
        *(["credit_note"] if any(b.invoice_type != "invoice" for b in books.bills) else []),
        *(["twelve_months"] if any(len(months) > 12 for months in books.balances.values()) else []),
        *(["churn_reason"] if len(books.churn_reasons) > 1 else []),
        *{
            "involuntary" if books.is_involuntary(customer, month) else "voluntary"
            for (customer, month, movement, *_), amount in books.movements.items()
            if movement == "churn" and amount and books.are_failures_told
        },
        *{"converted" if t.is_converted else "unconverted" for t in books.trials if t.ended},
        *(
            ["never_paid"]
            if any(
                row.subscription_status == "past_due"
                and is_served(row, row.valid_from, line.terms, books.world.reporting_date)
                and not was_ever_paid(line.terms, books.world.reporting_date)
                for line in books.world.lines
                for row in line.terms
            )
            else []
        ),
        *kinds_of_contracts(books),
    }


def given_worlds(count):
    """Decorate a check with `count` worlds, the same ones in every run, or fewer if it is quick."""

    def decorate(check):
        phases = (Phase.explicit, Phase.generate, Phase.shrink)
        options = {"derandomize": True, "database": None, "deadline": None, "phases": phases}
        options["max_examples"] = conftest.worlds(count)
        return settings(**options)(given(world=diverse_worlds)(check))

    return decorate


NOTHING_AT_ALL = World(day("2024-12-31"), day("2024-01-01"))
# A world that chance seldom brings: c1 came and left within May, paid most of it in two lines of
# one plan, and got a credit note before its first purchase; c2 left in June and returns on the day
# after the report, and 9.25 + 18.45 of its lines are an invoice of 27.69; c3 began on a leap day,
# with two plans at the same price.
SELDOM = World(
    day("2024-12-31"),
    day("2024-01-01"),
    companies=[Company("c1"), Company("c2"), Company("c3")],
    lines=[
        Line("l1", "c1", [terms("2024-05-03", "2024-05-20", unit_price=60)]),
        Line("l2", "c1", [terms("2024-05-03", "2024-05-20", unit_price=60)]),
        Line("l3", "c1", [terms("2024-05-03", "2024-05-20", unit_price=100, plan_id="premium")]),
        Line("l4", "c2", [terms("2024-01-31", "2024-06-20"), terms("2025-01-01")]),
        Line("l5", "c3", [terms("2024-02-29", "2024-03-31", plan_id="premium")]),
        Line("l6", "c3", [terms("2024-02-29", "2024-03-31"), terms("2024-05-31")]),
    ],
    invoices=[
        Invoice("i1", "c1", day("2024-06-03"), Decimal(20), invoice_type="credit_note"),
        Invoice("i2", "c1", day("2024-08-03"), Decimal(100)),
        Invoice(
            "i3",
            "c2",
            day("2024-03-01"),
            Decimal("30.10"),
            [InvoiceLine(Decimal("10.05"), "basic"), InvoiceLine(Decimal("20.05"), "premium")],
            currency="USD",
        ),
    ],
)

# Contracts that chance seldom brings: c1 renewed early in another subscription, to which an add-on
# of the same deal and an expansion with its own came later; c2's wish to leave stands in the row
# after the one of its day, and it asked to leave a contract before its start; c3 began one with a
# trial, one for three years with a discount and a merged deal, and has two to come, one of them
# lost.
CONTRACTED = World(
    day("2024-12-31"),
    day("2023-07-01"),
    companies=[Company("c1"), Company("c2"), Company("c3")],
    lines=[
        Line(
            *("l1", "c1"),
            [terms("2023-07-01", "2024-06-30", unit_price=1200, billing_interval="year")],
        ),
        Line(
            *("l2", "c1"),
            [terms("2024-07-01", unit_price=1500, billing_interval="year")],
            *("s2", "d2"),
        ),
        Line("l3", "c1", [terms("2024-10-01", unit_price=20)], "s2", "d2"),
        Line("l4", "c1", [terms("2024-11-01", unit_price=30)], "s2", "d4"),
        Line(
            *("l5", "c2"),
            [
                terms("2024-01-31", "2024-05-30"),
                terms(
                    "2024-05-31",
                    "2024-07-30",
                    unit_price=110,
                    cancel_requested_on="2024-04-15",
                    paid_until="2024-07-30",
                ),
            ],
        ),
        Line(
            *("l6", "c2"),
            [terms("2024-09-01", cancel_requested_on="2024-08-10", paid_until="2024-09-30")],
            *("s6", "d6"),
        ),
        Line("l7", "c3", [terms("2024-03-01", trial_ends_on="2024-03-31")], "s7", "d6"),
        Line(
            *("l8", "c3"),
            [
                terms(
                    "2024-02-29",
                    unit_price=3600,
                    billing_interval="year",
                    interval_count=3,
                    discount_share="0.25",
                    discount_ends_on="2024-12-31",
                )
            ],
            *("s8", "d8 merged"),
        ),
        Line("l9", "c3", [terms("2025-02-01", unit_price=60)], "s9", "d9"),
        Line("l10", "c3", [terms("2025-02-01", unit_price=70)], "s10", "d10"),
    ],
    deals=[
        Deal("d2", day("2024-04-10")),
        Deal("d4", day("2024-09-15")),
        Deal("d6", day("2024-02-01")),
        Deal("d8", day("2024-01-05")),
        Deal("d8 merged", day("2024-01-05"), surviving_deal_id="d8"),
        Deal("d9", day("2024-12-31")),
        Deal("d10", day("2024-12-01"), is_won=False),
    ],
)


def test_contracts_worked_by_hand():
    contracts = Contracts(Books(CONTRACTED)).by_month

    def contract(line_id, month):
        one = contracts.get((line_id, month_of(day(f"{month}-01"))))
        return one and (one.status, one.until.isoformat(), one.remaining, one.remaining_12_months)

    # The year of l1 has 366 days, of which 275 are served by the end of March, 305 by that of
    # April: 1200 - 901.64 and 1200 - 1000. In April the next contract is signed.
    assert contract("l1", "2024-03") == (
        *("running", "2024-06-30"), Fraction("298.36"), Fraction("298.36")
    )  # fmt: skip
    assert contract("l1", "2024-04") == ("leaving", "2024-06-30", 200, 200)
    assert contract("l2", "2024-03") is None
    # The term costs 1500 for 365 days from July on; 304 of them lie within a year of April.
    assert contract("l2", "2024-04") == (
        *("not_started", "2025-06-30"), 1500, Fraction("1249.32")
    )  # fmt: skip
    assert contract("l3", "2024-09") is None
    assert contract("l3", "2024-10") == ("running", "2024-10-31", 0, 0)
    assert contract("l4", "2024-09") == ("not_started", "2024-11-30", 30, 30)
    # From 31 January by the month: 29 February to 30 March, 30 April to 30 May.
    assert contract("l5", "2024-02") == (
        *("running", "2024-03-30"), Fraction("96.77"), Fraction("96.77")
    )  # fmt: skip
    # At its price of then, to its end: all of June and July, and 30 of May's 31 days are to come.
    assert contract("l5", "2024-04") == (
        *("leaving", "2024-07-30"), Fraction("296.77"), Fraction("296.77")
    )  # fmt: skip
    assert contract("l6", "2024-01") is None
    assert contract("l6", "2024-02") == ("not_started", "2024-09-30", 100, 100)
    assert contract("l6", "2024-08") == ("leaving", "2024-09-30", 100, 100)
    assert contracts["l6", month_of(day("2024-08-01"))].not_started == 0
    assert contract("l7", "2024-03") is None
    # Three years of 1095 days at 2700 with the discount, 3600 without: 32 days are served at the
    # end of March, for 78.90; 307 up to the end of the discount, for 756.99, where 1009.32 would be
    # the full price. The next twelve months end after 397 days, 1305.21 at the full price.
    assert contract("l8", "2024-01") is not None
    assert contract("l8", "2024-03") == (
        *("running", "2027-02-27"),
        Fraction("756.99") + 3600 - Fraction("1009.32") - Fraction("78.90"),
        Fraction("756.99") + Fraction("1305.21") - Fraction("1009.32") - Fraction("78.90"),
    )
    assert contract("l9", "2024-11") is None
    assert contract("l9", "2024-12") == ("not_started", "2025-02-28", 60, 60)
    assert contract("l10", "2024-12") is None
    seldom = ["replaced", "withdrawn", "told in a later row"]
    assert kinds_of_contracts(Books(CONTRACTED)) == {*CONTRACT_KINDS, *seldom}


def test_models_say_what_the_definitions_say(warehouse):
    seen = Counter()

    @given_worlds(60)
    @example(world=NOTHING_AT_ALL)
    @example(world=SELDOM)
    @example(world=CONTRACTED)
    def check(world):
        books = Books(world)
        seen.update(seen_in(books))
        warehouse.build(staged(world))
        found = [*mart_differences(warehouse, books), *kpi_differences(warehouse, books)]
        assert not found, in_words(found)
        assert_that_figures_hold_together(warehouse)

    check()
    # Else the two might agree because there is nothing to disagree about.
    kinds = [*MOVEMENTS, "intra_month_churn", "plan_swap", "merge", "credit_note", "twelve_months"]
    kinds += ["churn_reason", "involuntary", "voluntary", "converted", "unconverted", "never_paid"]
    kinds += CONTRACT_KINDS
    assert conftest.is_quick or min(seen[kind] for kind in kinds) >= 5, seen


def in_words(found):
    """The first differences of each mart and KPI, a line each."""
    names = dict.fromkeys(name for name, *_ in found)
    lines = [[readable(one) for one in found if one[0] == name][:4] for name in names]
    return "\n" + "\n".join(line for of_name in lines for line in of_name)


# -- what must hold whatever the definitions are ---------------------------------------------------


def assert_that_figures_hold_together(warehouse):
    """Start + movements = end, to the last digit, in each cut; no retention beyond its bounds."""
    for columns in ("customer_id", "plan", "currency", "customer_id, plan, currency", "1"):
        unbalanced = warehouse.select(
            f"""
            with changes as (
                select {columns}, month_start, mrr_amount as amount
                from marts.fct_subscription_months
                union all
                select {columns}, month_start + interval 1 month, -mrr_amount
                from marts.fct_subscription_months
                where month_start < (select max(month_start) from marts.dim_period_months)
                union all
                select {columns}, month_start, -movement_amount from marts.fct_mrr_movements
            )
            select {columns}, month_start, sum(amount)
            from changes group by all having sum(amount) != 0
            """
        )
        assert not unbalanced, (columns, unbalanced)
    unbalanced = warehouse.select(
        """
        select months.customer_id, months.month_start
        from marts.fct_mrr_months as months
        left join marts.fct_mrr_movements as movements using (customer_id, month_start)
        group by all
        having min(start_mrr_amount) + coalesce(sum(movement_amount), 0) != min(mrr_amount)
        """
    )
    assert not unbalanced, unbalanced
    unbalanced = warehouse.select(
        """
        select *
        from kpis.kpi_net_new_mrr as changes
        inner join kpis.kpi_mrr as ends using (period_grain, period_start, dimension, segment)
        left join kpis.kpi_mrr as starts
            on
                starts.variant = ends.variant
                and starts.period_grain = ends.period_grain
                and starts.period_end = ends.period_start - 1
                and starts.dimension = ends.dimension
                and starts.segment = ends.segment
        where
            ends.variant = 'standard'
            and ends.value - coalesce(starts.value, 0) != changes.value
        """
    )
    assert not unbalanced, unbalanced
    unbalanced = warehouse.select(
        """
        with parts as (
            select
                period_grain, period_start, dimension, segment,
                max(case when variant = 'total' then value end) as total,
                max(case when variant = 'not_started' then value end) as not_started,
                max(case when variant = 'leaving' then value end) as leaving
            from kpis.kpi_contracted_arr
            group by all
        )
        select *
        from parts
        left join kpis.kpi_arr as running
            using (period_grain, period_start, dimension, segment)
        where total != coalesce(running.value, 0) + not_started - leaving
        """
    )
    assert not unbalanced, unbalanced
    for kpi in ADDITIVE:
        apart = warehouse.select(
            f"""
            with sums as (
                select variant, period_grain, period_start, dimension, sum(value) as total
                from kpis.kpi_{kpi}
                group by all
                having dimension != 'churn_reason' or count(value) > 0
            )
            select *
            from sums as parts
            inner join sums as whole using (variant, period_grain, period_start)
            where
                whole.dimension = 'all'
                and coalesce(parts.total, 0) != coalesce(whole.total, 0)
            """
        )
        assert not apart, (kpi, apart)
    beyond = warehouse.select(
        """
        select *
        from kpis.kpi_gross_revenue_retention as gross
        left join kpis.kpi_net_revenue_retention as net
            using (variant, period_grain, period_start, dimension, segment)
        where
            gross.value not between 0 and 1
            or (gross.value is null) != (net.value is null)
            or gross.value > net.value
        """
    )
    assert not beyond, beyond


def figures_of(warehouse, rows):
    """All rows of the marts and of the KPIs, as a multiset, after a build on these rows."""
    warehouse.build(rows)
    marts = [name for name in warehouse.tables if warehouse.place(name).startswith("marts.")]
    places = [warehouse.place(name) for name in marts] + [f"kpis.kpi_{kpi}" for kpi in KPIS]
    return {place: Counter(warehouse.select(f"from {place}")) for place in places}


def shuffled(rows, seed):
    """The same staged rows in another order."""
    order = Random(seed)
    return {name: order.sample(of_table, len(of_table)) for name, of_table in rows.items()}


def in_two(terms):
    """A validity period as two adjacent ones on the same terms."""
    last = terms.valid_to or terms.valid_from + timedelta(days=90)
    middle = terms.valid_from + (last - terms.valid_from) // 2
    # Without any day of its end a canceled period is paid for to none; its first half has an end.
    is_endless = terms.subscription_status == "canceled" and not (
        terms.valid_to or terms.paid_until
    )
    if middle == last or is_endless:
        return [terms]
    return [
        replace(terms, valid_to=middle),
        replace(terms, valid_from=middle + timedelta(days=1)),
    ]


@pytest.mark.thorough
def test_neither_the_order_of_rows_nor_a_cut_through_a_period_changes_a_figure(warehouse):
    @given_worlds(15)
    def check(world):
        figures = figures_of(warehouse, staged(world))
        assert figures_of(warehouse, shuffled(staged(world), seed=1)) == figures
        cut = [
            replace(line, terms=[half for terms in line.terms for half in in_two(terms)])
            for line in world.lines
        ]
        assert figures_of(warehouse, staged(replace(world, lines=cut))) == figures

    check()
