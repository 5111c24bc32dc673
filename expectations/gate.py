"""The second gate: runs the suites over the inputs and reports one row per expectation.

Rows come from DuckDB in batches, so that a table larger than memory can be checked; the findings of
the batches are added up. In a table of many rows DuckDB looks first: Great Expectations gets those
that break a rule, and how many there are in all.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from dataclasses import replace

import duckdb
import pandas as pd

from expectations import (
    billing,
    causes,
    costs,
    crm,
    hints,
    loads,
    marketing,
    origins,
    references,
    sales,
)
from expectations.facts import keep_lost_values, rows_with_facts
from expectations.rules import ACCEPTED_RULE, Calendar, Rule, Suite, an_id
from expectations.runner import Finding, Runner, as_relation

# DuckDB hands out vectors of 2,048 rows: about 130,000 rows a batch.
VECTORS_PER_BATCH = 64
ROWS_PER_BATCH = VECTORS_PER_BATCH * duckdb.__standard_vector_size__
# In a table of more rows Great Expectations gets only those that break a rule.
MOST_ROWS_IN_WHOLE = 250_000


def all_suites(calendar: Calendar) -> list[Suite]:
    """Return the suites of all input tables."""
    groups = (crm, sales, marketing, billing, costs)
    return [suite for group in groups for suite in group.suites(calendar)]


def _batches(relation: duckdb.DuckDBPyConnection) -> Iterator[pd.DataFrame]:
    """Yield the rows of an executed query in frames indexed by `input_row_id`."""
    while True:
        frame = relation.fetch_df_chunk(VECTORS_PER_BATCH)
        if frame.empty:
            return
        may_go_on = len(frame) == ROWS_PER_BATCH
        yield frame.set_index("input_row_id")
        if may_go_on:
            # Great Expectations leaves cycles behind that hold the rows of the batch before.
            del frame
            gc.collect()


def in_order_of_reference(suites: list[Suite]) -> list[Suite]:
    """Return the suites, each table after those that it refers to, except in circles."""
    by_table = {suite.table: suite for suite in suites}
    ordered: dict[str, Suite] = {}
    visited: set[str] = set()

    def visit(suite: Suite) -> None:
        if suite.table in visited:
            return
        visited.add(suite.table)
        # References that may reject a row come first.
        for reference in sorted(suite.references, key=lambda r: r.severity == "warn"):
            if reference.table in by_table:
                visit(by_table[reference.table])
        ordered[suite.table] = suite

    for suite in suites:
        visit(suite)
    return list(ordered.values())


def rules_of(suite: Suite, columns: list[str]) -> list[Rule]:
    """Return the rules of a suite, with those that every id of its table has to keep."""
    structural = {column for r in suite.references if r.severity != "warn" for column in r.columns}
    ids = [
        an_id(
            column,
            "critical" if column in suite.key else "reject" if column in structural else "warn",
        )
        for column in columns
        if column.endswith("_id") and column != "input_row_id"
    ]
    return suite.all_rules() + ids


def check_table(
    con: duckdb.DuckDBPyConnection,
    runner: Runner,
    suite: Suite,
    calendar: Calendar,
    loads: set[tuple[str, str]] | None = None,
) -> list[Finding]:
    """Return one finding per rule of the suite, over all rows of its input table.

    Those about rejected rows of the table itself are left to `check_own_references`. `loads` are
    the pairs of source and table that connectors supply, all of them if it is not given.
    `keep_lost_values` must have been called.
    """
    columns = _columns_of(con, suite)
    # Only counted periods are compared: a rejected one overlaps no other.
    rest = replace(suite, periods=())
    findings = _ask(con, runner, rest, rules_of(rest, columns), (columns, calendar, loads, None))
    if suite.periods:
        periods = Suite(suite.table, suite.key, is_unique=False, periods=suite.periods)
        about = (columns, calendar, loads, rejected_rows(findings))
        findings += _ask(con, runner, periods, periods.period_rules(), about)
    return findings


def check_own_references(
    con: duckdb.DuckDBPyConnection,
    runner: Runner,
    suite: Suite,
    calendar: Calendar,
    loads: set[tuple[str, str]] | None = None,
) -> list[Finding]:
    """Return one finding per reference of a table to itself: was the other row accepted?

    `loads` as in `check_table`. `keep_lost_values` must have been called with the rows of the table
    that were rejected.
    """
    rules = suite.own_rules()
    about = (_columns_of(con, suite), calendar, loads, None)
    return _ask(con, runner, suite, rules, about) if rules else []


def _columns_of(con: duckdb.DuckDBPyConnection, suite: Suite) -> list[str]:
    """Return the names of the columns of a suite's input table."""
    return [row[0] for row in con.execute(f"describe inputs.input_{suite.table}").fetchall()]


def rejected_rows(findings: list[Finding]) -> list[int]:
    """Return the `input_row_id`s of all rows that the findings reject, in order."""
    rejecting = [f for f in findings if f.rule.severity == "reject"]
    return sorted({row_id for finding in rejecting for row_id in finding.row_ids})


def _ask(
    con: duckdb.DuckDBPyConnection,
    runner: Runner,
    suite: Suite,
    rules: list[Rule],
    about: tuple[list[str], Calendar, set[tuple[str, str]] | None, list[int] | None],
) -> list[Finding]:
    """Return one finding per rule; `about` is what `rows_with_facts` takes behind the rules."""
    findings = {rule.name + rule.column: Finding(suite.table, rule) for rule in rules}
    rejected = about[-1] or []
    [[row_count]] = con.execute(f"select count(*) from inputs.input_{suite.table}").fetchall()
    broken = broken_of(rules) if row_count > MOST_ROWS_IN_WHOLE else "true"
    con.execute(rows_with_facts(suite, rules, *about, broken))
    for frame in _batches(con):
        for rule, row_ids in runner.unexpected(frame, rules):
            findings[rule.name + rule.column].row_ids += [int(row_id) for row_id in row_ids]
    for finding in findings.values():
        finding.row_count = row_count - len(rejected)
        if finding.row_ids:
            _name_rows(con, suite, finding)
    return list(findings.values())


def broken_of(rules: list[Rule]) -> str:
    """Return SQL that is true of the rows that break a rule; of all, if one has no SQL."""
    said = [rule.broken for rule in rules]
    return "true" if None in said else " or ".join(f"({broken})" for broken in said)


def _name_rows(con: duckdb.DuckDBPyConnection, suite: Suite, finding: Finding) -> None:
    """Fill in the sources, keys and values of the rows that a finding has met."""
    key = " || ' / ' || ".join(
        f"coalesce(cast(\"{column}\" as varchar), '')" for column in suite.key
    )
    finding.key_columns = suite.key
    named = con.execute(
        f"""
        select input_row_id, source_system, {key}, cast("{finding.rule.column}" as varchar)
        from inputs.input_{suite.table}
        where input_row_id in (select unnest(?::bigint[]))
        order by input_row_id
        """,
        [finding.row_ids],
    ).fetchall()
    finding.row_ids, finding.sources, finding.keys, finding.values = map(
        list, zip(*named, strict=True)
    )


def check_rows(
    con: duckdb.DuckDBPyConnection,
    suites: list[Suite],
    calendar: Calendar,
    runner: Runner,
    loads: set[tuple[str, str]] | None = None,
) -> list[Finding]:
    """Return the findings of all suites; a table is checked after those that it refers to.

    So a row whose parent was rejected can be rejected too: else it would be counted without it.
    `loads` as in `check_table`.
    """
    findings: list[Finding] = []
    for table in {r.table for suite in suites for r in suite.asked_for_lost_values()}:
        keep_lost_values(con, suites, table, [])
    for suite in in_order_of_reference(suites):
        found = check_table(con, runner, suite, calendar, loads)
        if rejected := rejected_rows(found):
            keep_lost_values(con, suites, suite.table, rejected)
        findings += found + check_own_references(con, runner, suite, calendar, loads)
    _explain_lost_parents(findings)
    return findings


def _explain_lost_parents(findings: list[Finding]) -> None:
    """Add to rows whose parent was rejected the rule that rejected most of their parents."""
    for finding in findings:
        parent = finding.rule.name.removeprefix(ACCEPTED_RULE)
        if finding.is_met or parent == finding.rule.name:
            continue
        lost = set(finding.values)

        def met(found: Finding, lost: set[str | None] = lost) -> int:
            # A key of several columns ends with the one that is referred to.
            return sum(key in lost or key.split(" / ")[-1] in lost for key in found.keys)

        worst = max(
            (f for f in findings if f.table == parent and f.rule.severity == "reject"),
            key=lambda found: (met(found), len(found.row_ids)),
        )
        finding.hint = f"; rejected there by {worst.name}"


def check_inputs(
    con: duckdb.DuckDBPyConnection, expected: pd.DataFrame, months: pd.DataFrame
) -> duckdb.DuckDBPyRelation:
    """Run every suite over the inputs of the build database.

    `expected` is the model `expected_loads`: one row per connector and table that it supplies, with
    the thresholds and time zones; `months` is the model `input_months`: the rows of each load by
    month. Returns one row per expectation: table, column, rule, severity, rows seen, rows
    unexpected, and of the unexpected rows the ids, keys and values.
    """
    settings = expected.iloc[0]
    zones = expected[["source_system", "source_time_zone"]].drop_duplicates()
    calendar = Calendar(
        str(settings["calendar_start"]),
        str(settings["calendar_end"]),
        str(settings["reporting_time_zone"]),
        tuple(zones[zones["source_time_zone"] != "UTC"].itertuples(index=False, name=None)),
    )
    runner = Runner()
    suites = all_suites(calendar)
    findings = check_rows(con, suites, calendar, runner, loads.with_tables_of_others(expected))
    loads.tell_sources_apart(con, findings, expected)
    findings = references.check_references(con, runner, suites, findings, expected)
    origins.add_origins(con, findings)
    hints.add_advice(findings, origins.files_of(con))
    findings += loads.check_loads(con, runner, suites, findings, expected, months)
    causes.explain(findings)
    return as_relation(con, findings)
