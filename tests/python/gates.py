"""The gate asked directly, one table at a time, without a build."""

import re
from dataclasses import dataclass, field

import duckdb
import pytest
import yaml
from conftest import ROOT

from expectations import gate
from expectations.facts import keep_lost_values
from expectations.rules import Calendar
from expectations.runner import Runner

CALENDAR = Calendar("1990-01-01", "2060-01-01", "Europe/Paris")

# Contents of the reference seeds, as far as the rules read them.
SEEDS = {
    "currency_rates": [{"currency": "EUR"}, {"currency": "USD"}],
    "cost_accounts": [
        {"account_code": "618100", "cost_function": None},
        {"account_code": "TOOLS-1", "cost_function": None},
        {"account_code": "613200", "cost_function": "general"},
    ],
    "departments": [{"department": "Sales"}],
    "channels": [{"source": "PAID_SEARCH"}],
}
# Rules that need other rows than the one at hand.
ABOUT_OTHER_ROWS = (
    "key_is_not_null",
    "row_is_not_a_copy",
    "key_has_one_row",
    "is_accepted_in_",
    "ends_before_the_next_",
    "is_a_quarter_after_",
    "is_the_only_one_of_its_month",
)


def columns_of(table):
    """Return the columns of the input contract."""
    path = ROOT / "models" / "inputs" / f"input_{table}.yml"
    [model] = yaml.safe_load(path.read_text(encoding="utf-8"))["models"]
    return [column["name"] for column in model["columns"]]


def reading_functions():
    """Return the SQL that creates the functions by which the build reads cells."""
    macros = (ROOT / "macros" / "readings.sql").read_text(encoding="utf-8")
    [functions] = re.findall(
        r"macro duckdb__create_reading_functions\(\) -%}(.*?){%- endmacro", macros, re.DOTALL
    )
    # One source, whose ids are its own (macros/identity.sql).
    return (
        f"{functions};"
        "create or replace macro source_of_id(id, source) as source;"
        "create or replace macro local_id(id) as id;"
    )


def database():
    """Return a database in memory that reads cells as the build's does."""
    con = duckdb.connect()
    con.execute("set TimeZone = 'UTC'")
    con.execute(reading_functions())
    con.execute("create schema inputs; create schema reference")
    return con


def insert(con, relation, columns, rows):
    """Create a table of text, with numbers as row ids, and fill it."""
    types = ", ".join(
        f"{column} {'bigint' if column == 'input_row_id' else 'varchar'}" for column in columns
    )
    con.execute(f"create table {relation} ({types})")
    for row in rows:
        assert set(row) <= set(columns), row
        con.execute(
            f"insert into {relation} values ({', '.join('?' * len(columns))})",
            [row.get(column) for column in columns],
        )


def broken_rules(suite, rows, known):
    """Return for each row of a suite's table the rules that it breaks, as `severity column: rule`.

    The other tables hold their row of `known`.
    """
    con = database()
    for seed, lines in SEEDS.items():
        insert(con, f"reference.{seed}", list(lines[0]), lines)
    for name in {*known, suite.table}:
        cells = [
            {"input_row_id": row_id, "source_system": "a", **row}
            for row_id, row in enumerate(rows if name == suite.table else [known[name]], start=1)
        ]
        insert(con, f"inputs.input_{name}", columns_of(name), cells)
        keep_lost_values(con, gate.all_suites(CALENDAR), name, [])
    broken = [[] for _ in rows]
    for finding in gate.check_table(con, Runner(), suite, CALENDAR):
        for row_id in finding.row_ids:
            rule = finding.rule
            broken[row_id - 1].append(f"{rule.severity} {rule.column}: {rule.name}")
    return [sorted(rules) for rules in broken]


@dataclass(frozen=True)
class Cases:
    """Changed cells of good rows, and the rules that each of them must break.

    `good` is a row by table; `cases` are pairs of changed cells and rules by table; `counted` names
    the column that tells the cases of a table apart, the first of the key unless it is given.
    """

    suites: dict
    good: dict
    cases: dict
    known: dict
    counted: dict = field(default_factory=dict)
    found: dict = field(default_factory=dict)

    def each(self):
        """Return the parameters `table, number` of all cases."""
        return pytest.mark.parametrize(
            ("table", "number"),
            [
                pytest.param(table, number, id=f"{table}-{change}")
                for table, cases in self.cases.items()
                for number, (change, _) in enumerate(cases)
            ],
        )

    def broken_rules(self, table, rows):
        """Return for each row of a table the rules that it breaks."""
        return broken_rules(self.suites[table], rows, self.known)

    def broken(self, table, number):
        """Return the rules that a case breaks; the gate runs once over all cases of a table."""
        if table not in self.found:
            column = self.counted.get(table, self.suites[table].key[0])
            self.found[table] = self.broken_rules(
                table,
                [
                    {column: f"{place}", **self.good[table], **change}
                    for place, (change, _) in enumerate(self.cases[table], start=1)
                ],
            )
        return self.found[table][number]

    def expected(self, table, number):
        """Return the rules that a case says it breaks."""
        return self.cases[table][number][1]

    def rules(self, table):
        """Return all rules of a table that one row can break alone."""
        return {
            f"{rule.severity} {rule.column}: {rule.name}"
            for rule in self.suites[table].all_rules()
            if not rule.name.startswith(ABOUT_OTHER_ROWS)
        }

    def seen(self, table):
        """Return the rules that some case breaks."""
        return {rule for _, expected in self.cases[table] for rule in expected}
