"""The renewal book: the project's SQL against a plain oracle, on random worlds and on the demo.

`renewals.py` computes each renewal day by day from the definitions, with its signs and its outcome.
The replay is tested on its own: whatever is written after a day changes no sign of that day.
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
from recurring_revenue import Company, ExchangeRate, Line, Plan, Terms, World, day
from renewals import Answer, Renewals
from test_recurring_revenue import (
    NOTHING_AT_ALL,
    SELDOM,
    Warehouse,
    agree,
    diverse_worlds,
    given_worlds,
    staged,
    terms,
)

ROOT = Path(__file__).parents[2]
PARIS = ZoneInfo("Europe/Paris")
SIGNS = [
    "customer_id", "observation_date", "term_months", "mrr_amount", "has_asked_to_cancel",
    "cancel_asked_date", "is_past_due", "past_due_date", "has_contracted",
    "contraction_12_months_amount", "has_low_nps", "nps_score",
]  # fmt: skip
COLUMNS = [
    *SIGNS, "is_coming", "outcome", "after_amount", "left_date", "is_involuntary",
    "is_provisional",
]  # fmt: skip


class RenewalBook(Warehouse):
    """The models of the renewal book on one world; answers to surveys are given."""

    wanted = ["fct_renewals"]

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
    """(subscription, due day) -> the columns of the mart."""
    rows = select(
        f"select subscription_id, due_date, {', '.join(columns)} from marts.fct_renewals"
    )
    found = {row[:2]: dict(zip(columns, row[2:], strict=True)) for row in rows}
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


def test_the_book_says_what_the_definitions_say(book):
    seen = Counter()

    @given_worlds(60)
    @example(world=NOTHING_AT_ALL)
    @example(world=SELDOM)
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
