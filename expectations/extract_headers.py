"""Rules for the header of an extract: each declared column stands in it, once."""

from __future__ import annotations

from dataclasses import replace

import great_expectations.expectations as gxe
import pandas as pd

from expectations.rules import Rule
from expectations.runner import EXAMPLES, Finding, Runner
from expectations.scans import Scan, known


def check_headers(runner: Runner, declared: list[tuple[Scan, list[str]]]) -> list[Finding]:
    """Return a finding per rule on the header of each readable extract with its declared columns.

    If a header is wrong, the scan's notes on rows are dropped: they follow from it.
    """
    rows = []
    for number, (scan, columns) in enumerate(declared):
        # Names are compared as DuckDB does, without regard to case.
        header = [name.lower() for name in scan.header]
        times = [header.count(column.lower()) for column in columns]
        rows += [
            # A name that stands twice where another is missing is one mistake.
            (number, column, count > 0, known(count, all(times)))
            for column, count in zip(columns, times, strict=True)
        ]
    if not rows:
        return []
    frame = pd.DataFrame(rows, columns=["scan", "column_name", "is_in_header", "times_in_header"])
    frame.index.name = "input_row_id"
    expect = gxe.ExpectColumnValuesToBeInSet
    rules = [
        Rule(
            "column_is_in_the_header",
            "critical",
            "",
            expect(column="is_in_header", value_set=[True]),
        ),
        Rule(
            "column_is_in_the_header_once",
            "critical",
            "",
            expect(column="times_in_header", value_set=[1]),
        ),
    ]
    # All headers are asked about at once: to ask takes longer than to answer.
    broken = [
        (rule, frame.loc[row_ids].groupby("scan")["column_name"].agg(list).to_dict())
        for rule, row_ids in runner.unexpected(frame, rules)
    ]
    return [
        _finding(scan, columns, rule, wrong.get(number, []))
        for number, (scan, columns) in enumerate(declared)
        for rule, wrong in broken
    ]


def _finding(scan: Scan, declared: list[str], rule: Rule, columns: list[str]) -> Finding:
    """Return the finding of a rule on an extract, of whose columns some break it."""
    finding = Finding(f"{scan.connector}.{scan.extract}", rule, row_count=len(declared))
    finding.row_ids, finding.keys = [declared.index(column) for column in columns], columns
    finding.sources = [scan.connector] * len(columns)
    finding.values = [None] * len(columns)
    if columns:
        shown = ", ".join(scan.header[:8]) + (", …" if len(scan.header) > 8 else "")
        verb = "is" if len(columns) == 1 else "are"
        wrong = "missing" if rule.name == "column_is_in_the_header" else "repeated"
        finding.explanation = (
            f"{len(columns)} of {len(declared)} columns {verb} {wrong} in {scan.path}: "
            f"{', '.join(columns[:EXAMPLES])}{', …' if len(columns) > EXAMPLES else ''}; "
            f"its header is: {_cut(shown)}{_separator_hint(scan.header)}"
        )
        scan.forget_rows()
        if len(columns) == 1:
            finding.rule = replace(rule, column=columns[0])
    return finding


def _cut(text: str, length: int = 200) -> str:
    return text if len(text) <= length else text[:length] + "…"


def _separator_hint(header: list[str]) -> str:
    """Say which character seems to separate the values, if it is not the comma."""
    names = {";": "semicolons", "\t": "tabs", "|": "bars"}
    if len(header) <= 2:
        for character, name in names.items():
            if any(character in column for column in header):
                return f" (separated by {name}; save the file with commas)"
    return ""
