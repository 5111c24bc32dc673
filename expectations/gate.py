"""The second gate: runs the suites over the inputs and reports one row per expectation.

Rows come from DuckDB in batches, so that a table larger than memory can be checked; the findings of
the batches are added up.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator

import duckdb
import pandas as pd

from expectations import billing, causes, costs, crm, loads, marketing, sales
from expectations.facts import rows_with_facts
from expectations.rules import Calendar, Suite
from expectations.runner import Finding, Runner, as_relation

# DuckDB hands out vectors of 2,048 rows: about 130,000 rows a batch.
VECTORS_PER_BATCH = 64
ROWS_PER_BATCH = VECTORS_PER_BATCH * duckdb.__standard_vector_size__


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


def check_table(con: duckdb.DuckDBPyConnection, runner: Runner, suite: Suite) -> list[Finding]:
    """Return one finding per rule of the suite, over all rows of its input table."""
    columns = [row[0] for row in con.execute(f"describe inputs.input_{suite.table}").fetchall()]
    rules = suite.all_rules()
    findings = {rule.name + rule.column: Finding(suite.table, rule) for rule in rules}
    con.execute(rows_with_facts(suite, columns))
    for frame in _batches(con):
        for rule, row_ids in runner.unexpected(frame, rules):
            finding = findings[rule.name + rule.column]
            finding.row_count += len(frame)
            if not row_ids:
                continue
            broken = frame.loc[row_ids]
            finding.row_ids += [int(row_id) for row_id in row_ids]
            finding.sources += broken["source_system"].tolist()
            finding.keys += (
                broken[list(suite.key)]
                .astype("string")
                .fillna("")
                .agg(" / ".join, axis="columns")
                .tolist()
            )
            finding.values += [
                None if pd.isna(value) else str(value) for value in broken[rule.column]
            ]
    return list(findings.values())


def drop_unsupplied(findings: list[Finding], suites: list[Suite], expected: pd.DataFrame) -> None:
    """Take out of the findings the rows that refer to a table which their source does not supply.

    A source without the table tells nothing of which ids there are: what refers to it is neither
    known nor unknown. `expected` has one row per source and table that it supplies.
    """
    supplied = set(zip(expected["source_system"], expected["table_name"], strict=True))
    referred_to = {
        (suite.table, reference.fact): reference.table
        for suite in suites
        for reference in suite.references
        if not reference.table.startswith("reference.")
    }
    for finding in findings:
        table = referred_to.get((finding.table, finding.rule.expectation.column))
        if table is None:
            continue
        kept = [
            place for place, source in enumerate(finding.sources) if (source, table) in supplied
        ]
        for entries in (finding.row_ids, finding.sources, finding.keys, finding.values):
            entries[:] = [entries[place] for place in kept]


def check_inputs(con: duckdb.DuckDBPyConnection, expected: pd.DataFrame) -> duckdb.DuckDBPyRelation:
    """Run every suite over the inputs of the build database.

    `expected` is the model `expected_loads`: one row per connector and table that it supplies, with
    the thresholds. Returns one row per expectation: table, column, rule, severity, rows seen, rows
    unexpected, and of the unexpected rows the ids, keys and values.
    """
    settings = expected.iloc[0]
    calendar = Calendar(str(settings["calendar_start"]), str(settings["calendar_end"]))
    runner = Runner()
    suites = all_suites(calendar)
    findings: list[Finding] = []
    for suite in suites:
        findings += check_table(con, runner, suite)
    drop_unsupplied(findings, suites, expected)
    findings += loads.check_loads(con, runner, suites, findings, expected)
    causes.explain(findings)
    return as_relation(con, findings)
