"""Rules for the raw files themselves: found, not empty, UTF-8 text, whole rows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import great_expectations.expectations as gxe
import pandas as pd

from expectations.rules import Rule
from expectations.runner import EXAMPLES, Finding, Runner
from expectations.scans import IN_DATABASE, MAX_ROW_BYTES, Scan, known


def check_files(runner: Runner, scans: list[Scan]) -> list[Finding]:
    """Return a finding per rule and extract on the files themselves."""
    frame = pd.DataFrame(
        {
            "is_found": [known(scan.is_found, scan.has_folder) for scan in scans],
            "rivals": [len(scan.rivals) for scan in scans],
            "is_filled": [
                known(scan.is_filled, scan.is_found and not scan.rivals) for scan in scans
            ],
            "is_text": [
                known(not scan.foreign_format and not scan.lines_not_text, scan.is_filled)
                for scan in scans
            ],
            "lines_not_utf8": [
                0 if scan.foreign_format else len(scan.lines_not_utf8) for scan in scans
            ],
            "lines_of_bad_quotes": [len(scan.lines_of_bad_quotes) for scan in scans],
            "lines_of_bad_ends": [
                0 if scan.lines_of_bad_quotes else len(scan.lines_of_bad_ends) for scan in scans
            ],
            "lines_of_wrong_length": [
                # An open quote swallows what follows: the lengths say nothing then.
                0 if scan.lines_of_bad_quotes else len(scan.lines_of_wrong_length)
                for scan in scans
            ],
            "lines_too_long": [
                0 if scan.lines_of_bad_quotes else len(scan.lines_too_long) for scan in scans
            ],
            "deviating_parts": [len(scan.deviating_parts) for scan in scans],
        },
        index=pd.RangeIndex(len(scans), name="input_row_id"),
    )
    explanations: dict[str, tuple[str, Callable[[Scan], str]]] = {
        "file_is_found": (
            "is_found",
            lambda scan: (
                f"{scan.path} is {scan.foreign_format}"
                if scan.foreign_format
                else f"there is no file {scan.path}{_what_is_there(scan)}"
            ),
        ),
        "extract_is_in_one_place": (
            "rivals",
            lambda scan: (
                f"{' and '.join(scan.rivals)} are {'both' if len(scan.rivals) == 2 else 'all'} "
                f"there; {_choice(scan)}"
            ),
        ),
        "file_is_not_empty": (
            "is_filled",
            lambda scan: (
                f"{scan.path} is empty, without even a header; export it again, or take it away if "
                "there is none"
                if scan.is_optional
                else f"{scan.path} is empty, without even a header; export it again"
            ),
        ),
        "file_is_text": (
            "is_text",
            lambda scan: (
                f"{scan.path} is {scan.foreign_format}; save it as CSV in UTF-8"
                if scan.foreign_format
                else f"{_share(scan, scan.lines_not_text)} NUL bytes, as binary files do"
            ),
        ),
        "file_is_utf8": (
            "lines_not_utf8",
            lambda scan: (
                f"{_share(scan, scan.lines_not_utf8)} text that is not UTF-8; "
                "save the file as UTF-8"
            ),
        ),
        "quote_is_closed": (
            "lines_of_bad_quotes",
            lambda scan: (
                f"{_share(scan, scan.lines_of_bad_quotes)} a quote that is opened and "
                "not closed, or followed by text where it closes"
            ),
        ),
        "line_ends_like_others": (
            "lines_of_bad_ends",
            lambda scan: (
                f"{_share(scan, scan.lines_of_bad_ends)} a carriage return alone at the end, other "
                "lines a line feed; save the file again"
            ),
        ),
        "row_has_as_many_values_as_the_header": (
            "lines_of_wrong_length",
            lambda scan: (
                f"{_share(scan, scan.lines_of_wrong_length)} more or fewer than the "
                f"{len(scan.header)} values of the header"
            ),
        ),
        "row_is_not_too_long": (
            "lines_too_long",
            lambda scan: (
                f"{_share(scan, scan.lines_too_long)} a row of {MAX_ROW_BYTES:,} bytes or more"
            ),
        ),
        "parts_have_the_same_types": (
            "deviating_parts",
            lambda scan: (
                f"{len(scan.deviating_parts)} files of {scan.path} have another type in a column "
                f"than the parts before: {', '.join(scan.deviating_parts[:EXAMPLES])}"
            ),
        ),
    }
    rules = [
        Rule(
            name,
            "critical",
            "",
            gxe.ExpectColumnValuesToBeInSet(
                column=column, value_set=[True] if column.startswith("is_") else [0]
            ),
        )
        for name, (column, _) in explanations.items()
    ]
    findings = []
    advised: set[str] = set()
    in_two_schemas: dict[str, Finding] = {}
    for rule, row_ids in runner.unexpected(frame, rules):
        explain = explanations[rule.name][1]
        for number, scan in enumerate(scans):
            finding = Finding(f"{scan.connector}.{scan.extract}", rule, row_count=1)
            if number in row_ids:
                finding.row_ids, finding.sources = [number], [scan.connector]
                finding.keys, finding.values = [scan.path], [None]
                finding.explanation = explain(scan)
                is_missing = rule.name == "file_is_found" and not scan.foreign_format
                # Once for each connector: a folder of other files lacks all of them.
                if is_missing and scan.connector not in advised:
                    finding.hint = _absence_hint(scan.connector)
                    advised.add(scan.connector)
                if rule.name == "extract_is_in_one_place" and _schemas(scan):
                    # One setting is the answer for all tables of a file.
                    first = in_two_schemas.setdefault(scan.connector, finding)
                    finding.explained_by = None if first is finding else first.name
            findings.append(finding)
    return findings


def _schemas(scan: Scan) -> list[str]:
    """Return the schemas of a DuckDB file that have a table of one name; none if it is no such."""
    tables = [rival.partition(IN_DATABASE)[2] for rival in scan.rivals]
    schemas = [table.rpartition(".")[0] for table in tables]
    return schemas if all(schemas) and len(set(schemas)) > 1 else []


def _choice(scan: Scan) -> str:
    """Say how to choose between several places of an extract."""
    if schemas := _schemas(scan):
        # dlt leaves a second schema with the same tables: `<dataset>_staging`.
        meant = min(schemas, key=lambda schema: schema.endswith("_staging"))
        return f"say which is meant, as in extract_schemas: {{{scan.connector}: {meant}}}"
    return "keep the one that is to be read"


def _absence_hint(connector: str) -> str:
    """Say what to do about a file that is not there."""
    sources = f"models/connectors/{connector}/{connector}__sources.yml"
    return (
        f"; restore it, or, if there is none to come, remove its entry in {sources}, the models "
        "beside it that read it and their tables in connector_tables"
    )


def _what_is_there(scan: Scan) -> str:
    """Say what lies in a folder instead of a file, if it might be the file under another name."""
    if IN_DATABASE in scan.path:
        return ""
    folder = Path(scan.path).parent
    if databases := sorted(folder.glob("*.duckdb")):
        return f"; {databases[0].name} is there: should extracts_dir name that file?"
    wanted = Path(scan.path).stem.lower()
    alike = sorted(path.name for path in folder.iterdir() if wanted in path.name.lower())
    return f"; there is {', '.join(alike[:EXAMPLES])}: rename it" if alike else ""


def _share(scan: Scan, lines: list[int]) -> str:
    """Return `12 of 1,579 lines of deals.csv (line 3, 4, …) have`."""
    more = ", …" if len(lines) > EXAMPLES else ""
    shown = ", ".join(str(line) for line in lines[:EXAMPLES]) + more
    verb = "has" if len(lines) == 1 else "have"
    return f"{len(lines):,} of {scan.line_count:,} lines of {scan.path} (line {shown}) {verb}"
