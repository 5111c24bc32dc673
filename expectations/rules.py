"""The vocabulary in which the suites are written: a rule is one expectation with a severity.

What a cell alone cannot tell (is its row a copy, is its owner known, is it given where another cell
asks for it) is computed beforehand, by SQL, as a fact about the row: see `facts.py`. A rule about a
fact names the column it is really about.

Source: the expectations are those of Great Expectations 1.24 (https://docs.greatexpectations.io).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import great_expectations.expectations as gxe

from expectations import custom

Severity = Literal["critical", "reject", "warn"]

# What the types of staging can hold: integer, and decimal(18, 4) with room to spare.
LARGEST_INTEGER = 2**31 - 1
LARGEST_NUMBER = 10**12

BOOLEANS = ["true", "false", "TRUE", "FALSE", "True", "False", "1", "0", True, False]


@dataclass(frozen=True)
class Calendar:
    """The days that the warehouse accepts: from `earliest` to before `latest`, `YYYY-MM-DD`."""

    earliest: str
    latest: str


@dataclass(frozen=True)
class Rule:
    """One expectation with its name, the column it is about and what happens to what breaks it.

    `critical` stops the build, `reject` sends the row to `rejected_rows`, `warn` is only shown.
    """

    name: str
    severity: Severity
    column: str
    expectation: gxe.Expectation


@dataclass(frozen=True)
class Reference:
    """Columns whose values must stand in other columns: `columns` of this table in `of` of `table`.

    `table` is an input table, compared within one source system, or a relation of the schema
    `reference`, written `reference.<seed>`, which holds for every source.
    """

    columns: tuple[str, ...]
    table: str
    of: tuple[str, ...]
    severity: Severity = "reject"

    @property
    def column(self) -> str:
        """The column that the rule is about: the last one, the others only narrow it."""
        return self.columns[-1]

    @property
    def fact(self) -> str:
        """Name of the fact that says whether the value was found."""
        return f"{self.column}_is_known"


@dataclass(frozen=True)
class Order:
    """A day or moment that may not lie before another of the same row, compared by day."""

    column: str
    start: str
    severity: Severity = "reject"

    @property
    def fact(self) -> str:
        """Name of the fact that says whether the order holds; null where a side is missing."""
        return f"{self.column}_is_not_before_{self.start}"


@dataclass(frozen=True)
class Condition:
    """What several columns of a row must say together.

    `holds` is SQL over the input row, called `rows`; null where the rule does not apply. It must
    take whatever stands in the cells, text or typed: numbers and days are read with `try_cast`.
    """

    name: str
    column: str
    holds: str
    severity: Severity = "reject"

    @property
    def fact(self) -> str:
        """Name of the fact that says whether the condition holds."""
        return f"{self.column}_{self.name}"


@dataclass(frozen=True)
class Periods:
    """Periods of one thing that may not overlap: of two that do, the later one is wrong.

    `of` names the thing; `end` is the last day, a period without one runs for ever. A row with a
    day that cannot be read or lies outside the calendar, or with an end before its start, is no
    period: other rules reject it, and it must not take the good ones with it.
    """

    of: tuple[str, ...]
    start: str
    end: str
    calendar: Calendar
    severity: Severity = "reject"

    @property
    def fact(self) -> str:
        """Name of the fact that says whether all earlier periods have ended before this one."""
        return f"{self.start}_is_after_earlier_periods"


@dataclass(frozen=True)
class Suite:
    """The rules of one input table.

    `key` names a row of it; `is_unique` says that no other row may have the same key (history has
    no key of its own: only exact copies are wrong there); a `required` table may not be empty.
    """

    table: str
    key: tuple[str, ...]
    is_unique: bool = True
    required: bool = False
    rules: tuple[Rule, ...] = ()
    references: tuple[Reference, ...] = ()
    orders: tuple[Order, ...] = ()
    conditions: tuple[Condition, ...] = ()
    periods: tuple[Periods, ...] = ()

    def all_rules(self) -> list[Rule]:
        """Return the rules of the key, of the facts and of the columns, in that order."""
        rules = [
            Rule("key_is_not_null", "critical", c, gxe.ExpectColumnValuesToNotBeNull(column=c))
            for c in self.key
        ]
        rules.append(
            Rule(
                "row_is_not_a_copy",
                "reject",
                self.key[0],
                gxe.ExpectColumnValuesToBeBetween(column="copy_number", max_value=1),
            )
        )
        if self.is_unique:
            rules.append(
                Rule(
                    "key_has_one_row",
                    "critical",
                    self.key[-1],
                    gxe.ExpectColumnValuesToBeBetween(column="versions_of_key", max_value=1),
                )
            )
        for reference in self.references:
            name = f"is_known_in_{reference.table.removeprefix('reference.')}"
            rules.append(_true(name, reference.severity, reference.column, reference.fact))
        for order in self.orders:
            name = f"is_not_before_{order.start}"
            rules.append(_true(name, order.severity, order.column, order.fact))
        for condition in self.conditions:
            rules.append(
                _true(condition.name, condition.severity, condition.column, condition.fact)
            )
        for periods in self.periods:
            name = "does_not_overlap_an_earlier_period"
            rules.append(_true(name, periods.severity, periods.start, periods.fact))
        return rules + list(self.rules)


def _true(name: str, severity: Severity, column: str, fact: str) -> Rule:
    """Return the rule that a fact is true, or null: it is about a column of the input."""
    expectation = gxe.ExpectColumnValuesToBeInSet(column=fact, value_set=[True])
    return Rule(name, severity, column, expectation)


def filled(column: str, severity: Severity = "reject") -> Rule:
    """Return the rule that a column is never empty."""
    expectation = gxe.ExpectColumnValuesToNotBeNull(column=column)
    return Rule("is_filled", severity, column, expectation)


def day(column: str, calendar: Calendar) -> Rule:
    """Return the rule that a text is a day `YYYY-MM-DD` that exists."""
    expectation = custom.ExpectColumnValuesToBeDays(
        column=column, earliest=calendar.earliest, latest=calendar.latest
    )
    return Rule("is_a_day_like_2024-01-31", "reject", column, expectation)


def moment(column: str, calendar: Calendar) -> Rule:
    """Return the rule that a text is an ISO 8601 moment, or a day, that exists."""
    expectation = custom.ExpectColumnValuesToBeMoments(
        column=column, earliest=calendar.earliest, latest=calendar.latest
    )
    return Rule("is_a_moment_like_2024-01-31T09:30:00Z", "reject", column, expectation)


def number(
    column: str,
    minimum: float | None = None,
    maximum: float | None = None,
    whole: bool = False,
) -> Rule:
    """Return the rule that a text is a plain decimal number from `minimum` to `maximum`.

    Without them the bounds are those of an integer, if `whole`, or a trillion: nothing that is
    counted here is larger, and a typing error of thirty digits must not break a cast.
    """
    name = "is_a_whole_number" if whole else "is_a_number"
    if minimum is not None:
        name += f"_from_{minimum:g}"
    if maximum is not None:
        name += f"_to_{maximum:,}"
    largest = LARGEST_INTEGER if whole else LARGEST_NUMBER
    expectation = custom.ExpectColumnValuesToBeNumbers(
        column=column,
        minimum=-largest if minimum is None else minimum,
        maximum=largest if maximum is None else maximum,
        whole=whole,
    )
    return Rule(name, "reject", column, expectation)


def boolean(column: str) -> Rule:
    """Return the rule that a text is `true` or `false`."""
    expectation = gxe.ExpectColumnValuesToBeInSet(column=column, value_set=BOOLEANS)
    return Rule("is_true_or_false", "reject", column, expectation)


def one_of(column: str, values: list[str], severity: Severity = "reject") -> Rule:
    """Return the rule that a text is one of the listed."""
    expectation = gxe.ExpectColumnValuesToBeInSet(column=column, value_set=values)
    return Rule(f"is_one_of_{'_'.join(values)}", severity, column, expectation)
