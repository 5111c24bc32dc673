"""The renewal book: the project's SQL against a plain oracle, on random worlds and on the demo.

`renewals.py` computes each renewal day by day from the definitions, with its signs and its outcome.
The replay is tested on its own: whatever is written after a day changes no sign of that day, but a
first payment that comes later, which makes a subscription one from its first day on.
"""

import csv
from collections import Counter, defaultdict
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from zoneinfo import ZoneInfo

import conftest
import duckdb
import pytest
from hypothesis import example
from recurring_revenue import (
    Company,
    ExchangeRate,
    Line,
    Plan,
    Terms,
    World,
    day,
    was_ever_paid,
)
from renewals import Answer, Renewals
from test_recurring_revenue import (
    NOTHING_AT_ALL,
    SELDOM,
    Warehouse,
    agree,
    given_worlds,
    staged,
    terms,
)

ROOT = Path(__file__).parents[2]
PARIS = ZoneInfo("Europe/Paris")
SIGNS = [
    "customer_id", "observation_date", "mrr_amount", "has_asked_to_cancel",
    "cancel_asked_date", "is_past_due", "past_due_date", "has_contracted",
    "contraction_12_months_amount", "has_low_nps", "nps_score",
]  # fmt: skip
COLUMNS = [
    *SIGNS, "is_coming", "outcome", "after_amount", "left_date", "is_involuntary",
    "is_provisional",
]  # fmt: skip


class RenewalBook(Warehouse):
    """The models of the renewal book on one world; answers to surveys are given."""

    wanted = ("fct_renewals",)

    def is_billing(self, name):
        return name != "fct_feedback" and super().is_billing(name)

    def build(self, rows):
        """Invoice lines and the like are no part of it."""
        held = {name for name in rows if self.holds(name)}
        super().build({name: filled for name, filled in rows.items() if name in held})

    def holds(self, name):
        return self.database.execute(
            "select count(*) from duckdb_tables() where table_name = ?", [name]
        ).fetchone()[0]


@pytest.fixture(scope="module")
def book(demo_build):
    return RenewalBook(demo_build.manifest, demo_build.build_path)


def subscription_of(line):
    """Some lines share a subscription, some have their own, some have none."""
    number = line.line_id[-1]
    return f"s-{line.company_id}" if number in "12" else line.line_id


def answers_of(world):
    """An answer of each company every hundred days, through all scores."""
    return [
        Answer(company.surviving_company_id or company.company_id, on, (number * 7 + step * 4) % 11)
        for number, company in enumerate(world.companies)
        for step in range(number % 3 * 3)
        for on in [world.first_date + timedelta(days=100 * step + number)]
        if on <= world.reporting_date
    ]


def rows_of(world, answers):
    """The staged rows of a world, with its subscriptions and its answers to surveys."""
    rows = staged(world)
    of_line = {line.line_id: subscription_of(line) for line in world.lines}
    for row in rows["stg_subscriptions"]:
        subscription = of_line[row["line_id"]]
        row["subscription_id"] = None if subscription == row["line_id"] else subscription
    rows["fct_feedback"] = [
        {
            "feedback_id": f"f{number}",
            "company_id": answer.company_id,
            "score": answer.score,
            "nps_group": "detractor" if answer.score <= 6 else "passive",
            "submitted_at": f"{answer.on} 12:00:00",
            "submitted_date": answer.on,
        }
        for number, answer in enumerate(answers)
    ]
    return rows


def renewals_in(select, columns):
    """(subscription, due day, length of term) -> the columns of the mart."""
    rows = select(
        f"""
        select subscription_id, due_date, term_months, {", ".join(columns)}
        from marts.fct_renewals
        """
    )
    found = {row[:3]: dict(zip(columns, row[3:], strict=True)) for row in rows}
    assert len(found) == len(rows)
    return found


def differences(expected, actual):
    for key in sorted(expected.keys() | actual.keys(), key=str):
        one, other = expected.get(key), actual.get(key)
        if one is None or other is None:
            yield key, "all", one, other
            continue
        for column, value in other.items():
            if not agree(one[column], value):
                yield key, column, one[column], value


# Customers that chance seldom brings: c1 pays five months of three subscriptions and no more; c2
# pays a year by the month, then its bill stays open and it is cancelled within the days of grace;
# c3 stops paying and asks to leave afterwards; c4 asks to leave, and then does not pay.
STOPPED_PAYING = World(
    day("2024-12-31"),
    day("2024-01-01"),
    companies=[Company(f"c{number}") for number in range(1, 5)],
    lines=[
        *(
            Line(
                *(line_id, "c1"),
                [
                    terms("2024-01-15", "2024-06-14"),
                    terms(
                        "2024-06-15", subscription_status="past_due", past_due_since="2024-06-15"
                    ),
                ],
            )
            for line_id in ("l1", "l3", "l7")
        ),
        Line(
            *("l4", "c2"),
            [
                terms("2023-02-01", "2024-02-10"),
                terms(
                    *("2024-02-11", "2024-02-25"),
                    subscription_status="canceled",
                    past_due_since="2024-02-11",
                    paid_until="2024-02-25",
                    cancellation_reason="payment_failed",
                ),
            ],
        ),
        Line(
            *("l5", "c3"),
            [
                terms("2024-01-31", "2024-07-30", unit_price=40),
                terms(
                    "2024-07-31",
                    unit_price=40,
                    subscription_status="past_due",
                    past_due_since="2024-07-31",
                    cancel_requested_on="2024-08-20",
                ),
            ],
        ),
        Line(
            *("l6", "c4"),
            [
                terms("2024-01-31", "2024-07-30", cancel_requested_on="2024-07-02"),
                terms(
                    "2024-07-31",
                    subscription_status="past_due",
                    past_due_since="2024-07-31",
                    cancel_requested_on="2024-07-02",
                ),
            ],
        ),
    ],
)


def test_the_book_says_what_the_definitions_say(book):
    seen = Counter()

    @given_worlds(40)
    @example(world=NOTHING_AT_ALL)
    @example(world=SELDOM)
    @example(world=STOPPED_PAYING)
    def check(world):
        answers = answers_of(world)
        book.build(rows_of(world, answers))
        expected = Renewals(world, subscription_of, answers).found
        for row in expected.values():
            seen[row["outcome"]] += 1
            seen.update(sign for sign in SIGNS if row[sign] is True)
            seen["involuntary"] += row["is_involuntary"] is True
        found = list(differences(expected, renewals_in(book.select, COLUMNS)))
        assert not found, "\n" + "\n".join(map(str, found[:6]))

    check()
    kinds = [
        None, "churned", "contracted", "expanded", "renewed", "involuntary",
        "has_asked_to_cancel", "is_past_due", "has_contracted", "has_low_nps",
    ]  # fmt: skip
    assert conftest.is_quick or min(seen[kind] for kind in kinds) >= 5, seen


# -- the replay ------------------------------------------------------------------------------------


def later(on, cut, days=10):
    """A day after the cut, moved; others stay."""
    return on + timedelta(days=days) if on and on > cut else on


def rewritten(row, cut):
    """A row that was there on the cut, with another future; a cancelled one keeps its end."""
    is_open = row.subscription_status != "canceled" and row.valid_to and row.valid_to >= cut
    return replace(
        row,
        valid_to=None if is_open else row.valid_to,
        discount_ends_on=later(row.discount_ends_on, cut),
        trial_ends_on=later(row.trial_ends_on, cut, 5),
        cancel_requested_on=later(row.cancel_requested_on, cut),
        paid_until=later(row.paid_until, cut),
        past_due_since=later(row.past_due_since, cut),
    )


def dated_arrears(row):
    """Arrears with their first day: without one it is estimated from when the status was read."""
    is_undated = row.subscription_status == "past_due" and not row.past_due_since
    return replace(row, past_due_since=row.valid_from) if is_undated else row


def told(world):
    """A company that tells every sign, so that none is unknown in one of two worlds."""
    first = world.first_date
    rows = [
        terms(
            str(first - timedelta(days=90)), str(first + timedelta(days=40)),
            past_due_since=str(first), cancel_requested_on=str(first),
        ),
        terms(str(first + timedelta(days=41)), unit_price=Decimal(50)),
    ]  # fmt: skip
    return Line("told-l9", "told", rows)


def paid_first_after(lines, world, cut):
    """The customers with a line that pays for the first time after the cut."""
    survivors = {one.company_id: one.surviving_company_id for one in world.companies}
    return {
        survivors.get(line.company_id) or line.company_id
        for line in lines
        if was_ever_paid(line.terms, world.reporting_date) and not was_ever_paid(line.terms, cut)
    }


@pytest.mark.thorough
def test_what_is_written_later_changes_no_sign(book):
    seen = Counter()

    @given_worlds(60)
    @example(world=SELDOM)
    @example(world=STOPPED_PAYING)
    def check(world):
        cut = world.first_date + (world.reporting_date - world.first_date) * 3 // 5
        lines = [
            replace(line, terms=[dated_arrears(row) for row in line.terms]) for line in world.lines
        ]
        others = [
            replace(
                line, terms=[rewritten(row, cut) for row in line.terms if row.valid_from <= cut]
            )
            for line in lines
        ]
        answers = answers_of(world)
        other_answers = [
            replace(one, on=later(one.on, cut), score=10 - one.score) if one.on > cut else one
            for one in answers
        ]
        book.build(rows_of(replace(world, lines=[*lines, told(world)]), answers))
        before = renewals_in(book.select, [*SIGNS, "is_coming"])
        book.build(rows_of(replace(world, lines=[*others, told(world)]), other_answers))
        after = renewals_in(book.select, [*SIGNS, "is_coming"])
        begins = paid_first_after(lines, world, cut)
        known = {
            key: row
            for key, row in before.items()
            if row["observation_date"] <= cut
            and not row["is_coming"]
            and row["customer_id"] not in begins
        }
        assert {key: after.get(key) for key in known} == known
        for row in known.values():
            seen.update(
                sign for sign in SIGNS if row[sign] is True and row["customer_id"] != "told"
            )

    check()
    signs = ["has_asked_to_cancel", "is_past_due", "has_contracted", "has_low_nps"]
    assert conftest.is_quick or min(seen[sign] for sign in signs) >= 3, seen


# -- the demo, from its files ----------------------------------------------------------------------


def read(name):
    with (ROOT / "seeds" / "demo" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def survivors(rows):
    merged_into = {row["hs_object_id"]: row["merged_into_id"] for row in rows}

    def follow(record):
        while merged_into.get(record):
            record = merged_into[record]
        return record

    return {record: follow(record) for record in merged_into}


def terms_in(row):
    """A row of the file as a validity period; None where the gate refuses it."""
    days = [
        "valid_from", "valid_to", "discount_ends_on", "trial_ends_on", "cancel_requested_on",
        "paid_until", "past_due_since",
    ]  # fmt: skip
    found = Terms(
        **{column: day(row[column]) if row[column] else None for column in days},
        plan_id=row["plan_id"] or None,
        line_type=row["line_type"] or "recurring",
        subscription_status=row["status"],
        quantity=Decimal(row["quantity"]),
        unit_price=Decimal(row["unit_price"]),
        list_unit_price=Decimal(row["list_unit_price"]) if row["list_unit_price"] else None,
        discount_share=Decimal(row["discount_share"] or 0),
        currency=row["currency"],
        billing_interval=row["billing_interval"],
        interval_count=int(row["interval_count"] or 1),
    )
    is_wrong = (
        (found.valid_to and found.valid_to < found.valid_from)
        or found.quantity < 0
        or found.billing_interval not in ("", "day", "week", "month", "quarter", "year")
    )
    return None if is_wrong else found


def lines_in_the_files():
    """The lines of the demo, and the subscription of each; overlaps are refused."""
    kept, subscriptions, companies = defaultdict(list), {}, {}
    for row in read("subscriptions.csv"):
        found = terms_in(row)
        line = f"demo:{row['line_id']}"
        subscriptions[line] = f"demo:{row['subscription_id']}"
        companies[line] = f"demo:{row['company_id']}"
        if found:
            kept[line].append(found)
    lines = []
    for line, rows in kept.items():
        distinct = []
        for row in sorted(rows, key=lambda one: one.valid_from):
            if distinct and distinct[-1].valid_to == row.valid_from:
                distinct[-1] = replace(distinct[-1], valid_to=row.valid_from - timedelta(days=1))
            last = distinct[-1].valid_to if distinct else None
            if not distinct or (last and last < row.valid_from):
                distinct.append(row)
        lines.append(Line(line, companies[line], distinct))
    return lines, subscriptions


def answers_in_the_files():
    contacts, companies = survivors(read("contacts.csv")), survivors(read("companies.csv"))
    company_of = {}
    for row in sorted(read("contact_companies.csv"), key=lambda row: row["is_primary"] != "true"):
        person = contacts.get(row["contact_id"])
        company_of.setdefault(person, companies.get(row["company_id"], row["company_id"]))
    answers = []
    for row in sorted(read("feedback_submissions.csv"), key=lambda row: row["submitted_at"]):
        moment = datetime.fromisoformat(row["submitted_at"])
        on = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(PARIS).date()
        company = company_of.get(contacts.get(row["contact_id"]))
        if row["survey_type"].upper() == "NPS" and company:
            answers.append(Answer(f"demo:{company}", on, int(row["response_score"])))
    return answers


def world_in_the_files():
    """The recurring revenue of the demo, and the subscription of each line."""
    lines, subscriptions = lines_in_the_files()
    ends = survivors(read("companies.csv"))
    world = World(
        day("2025-12-31"),
        day("2023-01-01"),
        companies=[
            Company(f"demo:{company}", None if end == company else f"demo:{end}")
            for company, end in ends.items()
        ],
        plans=[Plan(r["plan_id"], r["plan_name"], r["product_family"]) for r in read("plans.csv")],
        lines=lines,
        rates=[
            ExchangeRate(
                day(row["rate_date"]), row["from_currency"], row["to_currency"],
                Decimal(row["rate"]),
            )
            for row in read("exchange_rates.csv")
        ],
    )  # fmt: skip
    return world, subscriptions


def test_the_demo_from_its_files(demo_build):
    world, subscriptions = world_in_the_files()
    expected = Renewals(
        world, lambda line: subscriptions[line.line_id], answers_in_the_files()
    ).found
    with duckdb.connect(str(demo_build.published_path), read_only=True) as database:
        actual = renewals_in(lambda query: database.execute(query).fetchall(), COLUMNS)
    found = list(differences(expected, actual))
    assert not found, f"{len(found)}\n" + "\n".join(map(str, found[:12]))
    outcomes = Counter(row["outcome"] for row in actual.values())
    assert outcomes["churned"] > 20 and outcomes["contracted"] > 5 and outcomes[None] > 200


def test_a_term_is_told_in_months_by_hand():
    """Billing by the year from 31 January 2023, a wish to leave on 10 December, gone in January."""
    rows = [
        terms(
            "2023-01-31", "2024-01-30", unit_price=Decimal(1200), billing_interval="year",
            cancel_requested_on="2023-12-10", paid_until="2024-01-30",
        )
    ]  # fmt: skip
    world = World(
        day("2024-12-31"),
        day("2023-01-01"),
        companies=[Company("c")],
        lines=[Line("l1", "c", rows)],
    )
    ((key, row),) = Renewals(world, subscription_of).found.items()
    assert key == ("s-c", day("2024-01-31"), 12)
    assert row["observation_date"] == day("2024-01-01")
    assert row["cancel_asked_date"] == day("2023-12-10")
    assert (row["mrr_amount"], row["outcome"]) == (Fraction(100), "churned")
    assert (row["left_date"], row["is_involuntary"]) == (day("2024-01-31"), False)
