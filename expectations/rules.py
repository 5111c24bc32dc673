"""The vocabulary in which the suites are written: a rule is one expectation with a severity.

Questions that a cell alone cannot answer (is its row a copy, is its owner known, is it given where
another cell asks for it) are computed beforehand, by SQL, as facts about the row: see `facts.py`. A
rule about a fact names the column it is really about.

Source: the expectations are those of Great Expectations 1.24 (https://docs.greatexpectations.io).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import great_expectations.expectations as gxe

Severity = Literal["critical", "reject", "blank", "warn"]

# Bounds of the types in staging: integer, and decimal(18, 4) with room to spare.
LARGEST_INTEGER = 2**31 - 1
LARGEST_NUMBER = 10**12

# How the rule is called that a row's parent was accepted, before the name of the parent's table.
ACCEPTED_RULE = "is_accepted_in_"

# How the rule is called that a currency is not left out in a source that names them.
IN_REPORTING_CURRENCY = "is_filled_where_other_rows_name_one"


def as_text(column: str) -> str:
    """Return SQL of a cell of the input row as text, whatever type it has."""
    return f'cast(rows."{column}" as varchar)'


def as_choice(column: str) -> str:
    """Return SQL of a cell as one of a list of names, however it is spelled."""
    return f"read_choice({as_text(column)})"


def as_number(column: str) -> str:
    """Return SQL of a cell as a number; null where it is none."""
    return f"read_number({as_text(column)})"


@dataclass(frozen=True)
class Calendar:
    """The days that the warehouse accepts: from `earliest` to before `latest`, `YYYY-MM-DD`.

    A moment belongs to the day that it is in `reporting_time_zone`. Where a source writes moments
    without an offset they are in its own zone: `source_time_zones` are pairs of source and zone;
    UTC otherwise.
    """

    earliest: str
    latest: str
    reporting_time_zone: str = "UTC"
    source_time_zones: tuple[tuple[str, str], ...] = ()

    @property
    def _zones(self) -> str:
        """SQL of the zone of the row's source, and of the report's."""
        whens = " ".join(
            f"when '{source}' then '{zone}'" for source, zone in self.source_time_zones
        )
        source_zone = f"case rows.source_system {whens} else 'UTC' end" if whens else "'UTC'"
        return f"{source_zone}, '{self.reporting_time_zone}'"

    def day(self, column: str) -> str:
        """Return SQL of the day that a cell is read as; null where it is none."""
        return f"read_day({as_text(column)}, {self._zones})"

    def moment(self, column: str) -> str:
        """Return SQL of the UTC moment that a cell is read as; null where it is none."""
        return f"read_moment({as_text(column)}, {self._zones})"

    def holds(self, value: str) -> str:
        """Return SQL that is true where a day or moment is in the calendar, false or null else."""
        last = f"timestamp '{self.latest}' - interval 1 microsecond"
        return f"{value} between timestamp '{self.earliest}' and {last}"


@dataclass(frozen=True)
class Rule:
    """One expectation with its name, its column, and the severity of breaking it.

    `critical` stops the build, `reject` sends the row to `rejected_rows`, `blank` empties the cell
    and sends it to `blanked_cells`, `warn` is only shown. The expectation looks at a column of the
    input as text, or at a fact about the row; `fact` is then the SQL of it.
    """

    name: str
    severity: Severity
    column: str
    expectation: gxe.Expectation
    fact: str = ""

    @property
    def broken(self) -> str | None:
        """SQL that is true of the rows that break the rule, over what `rows_with_facts` returns.

        None if it cannot be said in SQL. A missing value breaks only the rule that it is filled.
        """
        asked = self.expectation
        cell = f'"{asked.column}"'
        if isinstance(asked, gxe.ExpectColumnValuesToNotBeNull):
            return f"{cell} is null"
        if isinstance(asked, gxe.ExpectColumnValuesToBeInSet):
            if asked.value_set == [True]:
                return f"not {cell}"
            texts = ", ".join(
                "'" + str(value).replace("'", "''") + "'" for value in asked.value_set
            )
            is_text = all(isinstance(value, str) for value in asked.value_set)
            return f"{cell} not in ({texts})" if texts and is_text else None
        if isinstance(asked, gxe.ExpectColumnValuesToBeBetween):
            if asked.strict_min or asked.strict_max:
                return None
            bounds = [("<", asked.min_value), (">", asked.max_value)]
            beyond = [f"{cell} {sign} {bound}" for sign, bound in bounds if bound is not None]
            return " or ".join(beyond) or None
        return None


@dataclass(frozen=True)
class Reference:
    """Columns whose values must stand in other columns: `columns` of this table in `of` of `table`.

    `table` is an input table, compared within one source system, or a relation of the schema
    `reference`, written `reference.<seed>`, which holds for every source. A table may refer to
    itself, but not reject by it: which of its rows were rejected is asked once.
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

    @property
    def lost_fact(self) -> str:
        """Name of the fact that says whether the found row was accepted."""
        return f"{self.column}_is_accepted"

    @property
    def is_to_seed(self) -> bool:
        """Whether the values are listed by a reference seed."""
        return self.table.startswith("reference.")

    @property
    def lost_values(self) -> str:
        """Name of the table of values of which every row was rejected; see `facts.py`."""
        return f"lost_{self.table}_{'_'.join(self.of)}"


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
    """A condition on several columns of a row together.

    `holds` is SQL over the input row, called `rows`; null where the rule does not apply. It must
    take whatever stands in the cells, text or typed: they are read as staging reads them, with
    `as_number`, `as_choice` and the methods of the calendar. It may read the values that
    `looks_into` has lost, as the table `Reference.lost_values`.
    """

    name: str
    column: str
    holds: str
    severity: Severity = "reject"
    looks_into: Reference | None = None

    @property
    def fact(self) -> str:
        """Name of the fact that says whether the condition holds."""
        return f"{self.column}_{self.name}"


@dataclass(frozen=True)
class Periods:
    """Periods of one thing that may not overlap: of two that do, the later one is wrong.

    `of` names the thing; `end` is the last day, a period without one, or with one beyond the
    calendar, runs for ever. A row with a day that cannot be read or lies before the calendar, or
    with an end before its start, is no period: other rules reject it, and it must not take the good
    ones with it. An end on the very day on which the next period starts is how many systems write
    a period: staging takes that day away, and the gate says so. Where `lasts_until_next`, a period
    without an end ends when the next one starts, as lists write it that have first days alone.
    """

    of: tuple[str, ...]
    start: str
    end: str
    calendar: Calendar
    severity: Severity = "reject"
    lasts_until_next: bool = False

    @property
    def fact(self) -> str:
        """Name of the fact that says whether all earlier periods have ended before this one."""
        return f"{self.start}_is_after_earlier_periods"

    @property
    def trimmed_fact(self) -> str:
        """Name of the fact that says whether the period ends before the day the next one starts."""
        return f"{self.end}_is_before_next_start"


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

    def asked_for_lost_values(self) -> list[Reference]:
        """Return the references that ask whether the row that they refer to was rejected."""
        looked_into = [c.looks_into for c in self.conditions if c.looks_into]
        return [r for r in self.references if not r.is_to_seed] + looked_into

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
            if not reference.is_to_seed and reference.table != self.table:
                rules.append(_accepted(reference))
        for order in self.orders:
            name = f"is_not_before_{order.start}"
            rules.append(_true(name, order.severity, order.column, order.fact))
        for condition in self.conditions:
            rules.append(
                _true(condition.name, condition.severity, condition.column, condition.fact)
            )
        return rules + self.period_rules() + list(self.rules)

    def own_rules(self) -> list[Rule]:
        """Return the rules that a row referred to in the same table was accepted.

        They need the rows that all other rules reject.
        """
        return [_accepted(r) for r in self.references if r.table == self.table]

    def period_rules(self) -> list[Rule]:
        """Return the rules of periods, which are asked of rows that no other rule rejects."""
        rules = []
        for periods in self.periods:
            name = "does_not_overlap_an_earlier_period"
            rules.append(_true(name, periods.severity, periods.start, periods.fact))
            name = f"ends_before_the_next_{periods.start}"
            rules.append(_true(name, "warn", periods.end, periods.trimmed_fact))
        return rules


def _true(name: str, severity: Severity, column: str, fact: str, holds: str = "") -> Rule:
    """Return the rule that a fact is true, or null: it is about a column of the input."""
    expectation = gxe.ExpectColumnValuesToBeInSet(column=fact, value_set=[True])
    return Rule(name, severity, column, expectation, holds)


def _accepted(reference: Reference) -> Rule:
    """Return the rule that the row referred to was accepted in its table."""
    name = f"{ACCEPTED_RULE}{reference.table}"
    return _true(name, reference.severity, reference.column, reference.lost_fact)


def _readable(name: str, severity: Severity, column: str, is_good: str) -> Rule:
    """Return the rule that a cell, where there is one, can be read: `is_good` is SQL about it."""
    holds = f'case when rows."{column}" is not null then coalesce({is_good}, false) end'
    return _true(name, severity, column, f"{column}_{name}", holds)


def filled(column: str, severity: Severity = "reject") -> Rule:
    """Return the rule that a column is never empty."""
    expectation = gxe.ExpectColumnValuesToNotBeNull(column=column)
    return Rule("is_filled", severity, column, expectation)


def currency_of(amount: str) -> Condition:
    """Return the condition that an amount has a currency, where other rows of its source have one.

    A source of one currency names none. In one of several, a row that lacks it may be in any.
    """
    return Condition(
        IN_REPORTING_CURRENCY,
        "currency",
        f"rows.currency is not null or coalesce({as_number(amount)}, 0) = 0 "
        "or count(rows.currency) over (partition by rows.source_system) = 0",
        "warn",
    )


def day(column: str, calendar: Calendar, severity: Severity = "reject") -> Rule:
    """Return the rule that a cell is a day that exists, or a moment, which becomes its day."""
    is_good = calendar.holds(calendar.day(column))
    return _readable("is_a_day_like_2024-01-31", severity, column, is_good)


def last_day(column: str, calendar: Calendar, severity: Severity = "reject") -> Rule:
    """Return the rule of `day` for a column in which a day beyond the calendar means no end."""
    is_good = (
        f"{as_text(column)} = 'infinity' or {calendar.day(column)} >= date '{calendar.earliest}'"
    )
    return _readable("is_a_day_like_2024-01-31", severity, column, is_good)


def moment(column: str, calendar: Calendar, severity: Severity = "reject") -> Rule:
    """Return the rule that a cell is a moment of ISO 8601 or SQL, or a day, that exists."""
    is_good = calendar.holds(calendar.moment(column))
    return _readable("is_a_moment_like_2024-01-31T09:30:00Z", severity, column, is_good)


def number(
    column: str,
    minimum: float | None = None,
    maximum: float | None = None,
    whole: bool = False,
    severity: Severity = "reject",
) -> Rule:
    """Return the rule that a cell is a plain number from `minimum` to `maximum`.

    Without them the bounds are those of an integer, if `whole`, or a trillion: nothing that is
    counted here is larger, and a typing error of thirty digits must not break a cast.
    """
    name = "is_a_whole_number" if whole else "is_a_number"
    if minimum is not None:
        name += f"_from_{minimum:g}"
    if maximum is not None:
        name += f"_to_{maximum:,}"
    largest = LARGEST_INTEGER if whole else LARGEST_NUMBER
    low = -largest if minimum is None else minimum
    high = largest if maximum is None else maximum
    # A share that a tool prints as 1.0000000000000002 is 1.
    rounded = f"round({as_number(column)}, 9)"
    is_good = f"{rounded} between {low} and {high}"
    if whole:
        is_good += f" and {rounded} = floor({rounded})"
    return _readable(name, severity, column, is_good)


def boolean(column: str, severity: Severity = "reject") -> Rule:
    """Return the rule that a cell says yes or no: true, t, yes, y, 1 or their opposites."""
    is_good = f"read_boolean({as_text(column)}) is not null"
    return _readable("is_true_or_false", severity, column, is_good)


def one_of(column: str, values: list[str], severity: Severity = "reject") -> Rule:
    """Return the rule that a cell is one of the listed names, however it is spelled."""
    expectation = gxe.ExpectColumnValuesToBeInSet(column=f"{column}_as_choice", value_set=values)
    name = f"is_one_of_{'_'.join(values)}"
    return Rule(name, severity, column, expectation, as_choice(column))


# Texts that a tool prints for a structure in place of an id, or for an id of too many digits.
NO_ID = r"^\{.*:.*\}$|^\[.*\]$|^[0-9]([.][0-9]+)?[eE][+][0-9]+$"


def an_id(column: str, severity: Severity) -> Rule:
    """Return the rule that a cell may be an id: no structure, and no number cut to its digits."""
    is_good = f"not regexp_matches({as_text(column)}, '{NO_ID}')"
    return _readable("is_an_id", severity, column, is_good)
