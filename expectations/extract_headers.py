"""Rules for the header of an extract: each declared column stands in it, once."""

from __future__ import annotations

from dataclasses import replace

import great_expectations.expectations as gxe
import pandas as pd

from expectations.rules import Rule
from expectations.runner import EXAMPLES, Finding, Runner
from expectations.scans import Scan, known


def check_header(runner: Runner, scan: Scan, declared: list[str]) -> list[Finding]:
    """Return a finding per rule on the header of one readable extract.

    If the header is wrong, the scan's notes on rows are dropped: they follow from it.
    """
    # Names are compared as DuckDB does, without regard to case.
    header = [name.lower() for name in scan.header]
    times = [header.count(column.lower()) for column in declared]
    frame = pd.DataFrame(
        {
            "column_name": declared,
            "is_in_header": [count > 0 for count in times],
            # A name that stands twice where another is missing is one mistake.
            "times_in_header": [known(count, all(times)) for count in times],
        }
    )
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
    shown = ", ".join(scan.header[:8]) + (", …" if len(scan.header) > 8 else "")
    wrong = {"column_is_in_the_header": "missing", "column_is_in_the_header_once": "repeated"}
    findings = []
    for rule, row_ids in runner.unexpected(frame, rules):
        columns = frame.loc[row_ids, "column_name"].tolist()
        finding = Finding(f"{scan.connector}.{scan.extract}", rule, row_count=len(frame))
        finding.row_ids, finding.keys = row_ids, columns
        finding.sources = [scan.connector] * len(columns)
        finding.values = [None] * len(columns)
        if columns:
            verb = "is" if len(columns) == 1 else "are"
            finding.explanation = (
                f"{len(columns)} of {len(frame)} columns {verb} {wrong[rule.name]} in {scan.path}: "
                f"{', '.join(columns[:EXAMPLES])}{', …' if len(columns) > EXAMPLES else ''}; "
                f"its header is: {_cut(shown)}{_separator_hint(scan.header)}"
            )
            scan.forget_rows()
            if len(columns) == 1:
                finding.rule = replace(rule, column=columns[0])
        findings.append(finding)
    return findings


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
