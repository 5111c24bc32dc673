"""Rules for the raw files: found, not empty, UTF-8 text, the declared columns, whole rows."""

from __future__ import annotations

import csv
import glob
import io
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import great_expectations.expectations as gxe
import pandas as pd

from expectations.rules import Rule
from expectations.runner import Finding, Runner, as_relation


@dataclass
class Scan:
    """What a look at one extract's files tells; numbers of lines count from 1, the header."""

    connector: str
    extract: str
    path: str = ""
    is_found: bool = False
    is_filled: bool = False
    is_text: bool = True
    lines_not_utf8: list[int] = field(default_factory=list)
    lines_of_wrong_length: list[int] = field(default_factory=list)
    line_count: int = 0
    header: list[str] = field(default_factory=list)

    @property
    def is_readable(self) -> bool:
        """Whether the header means anything."""
        return self.is_found and self.is_filled and self.is_text and not self.lines_not_utf8


def _scan_csv(scan: Scan, content: bytes) -> None:
    """Fill in what a CSV file tells: RFC 4180, comma, double quotes, UTF-8 with or without mark."""
    scan.is_filled = bool(content.strip())
    scan.is_text = b"\x00" not in content
    if not (scan.is_filled and scan.is_text):
        return
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        lines = content.split(b"\n")
        scan.line_count = len(lines)
        for number, line in enumerate(lines, start=1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError:
                scan.lines_not_utf8.append(number)
        return
    reader = csv.reader(io.StringIO(text, newline=""))
    scan.header = next(reader)
    width = len(scan.header)
    while True:
        first_line = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            break
        except csv.Error:
            scan.lines_of_wrong_length.append(first_line)
            continue
        # DuckDB skips blank lines too.
        if row and len(row) != width:
            scan.lines_of_wrong_length.append(first_line)
    scan.line_count = reader.line_num


def scan_extract(connector: str, extract: str, candidate_paths: list[str]) -> Scan:
    """Look at the first of the candidate paths (globs) that exists, as the reader will."""
    scan = Scan(connector, extract, path=candidate_paths[0])
    for pattern in candidate_paths:
        # Only folders of Parquet files are patterns; a file name is taken as it is.
        paths = sorted(glob.glob(pattern)) if "*" in Path(pattern).name else [pattern]
        files = [Path(path) for path in paths if Path(path).is_file()]
        if not files:
            continue
        scan.path, scan.is_found = pattern, True
        if files[0].suffix == ".csv":
            _scan_csv(scan, files[0].read_bytes())
        else:
            scan.is_filled = True
            try:
                relation = duckdb.read_parquet([str(path) for path in files])
                scan.header = relation.columns
            except duckdb.Error:
                scan.is_text = False
        break
    return scan


def check_extracts(
    con: duckdb.DuckDBPyConnection, declared: pd.DataFrame
) -> duckdb.DuckDBPyRelation:
    """Check the files of every declared extract.

    `declared` is the model `extracts`: connector, extract_name, candidate_paths (joined by `|`),
    column_name; one row per column. Returns findings shaped like those of `input_checks`.
    """
    runner = Runner()
    findings: list[Finding] = []
    scans = []
    groups = declared.groupby(["connector", "extract_name", "candidate_paths"], sort=True)
    for (connector, extract, paths), columns in groups:
        scan = scan_extract(connector, extract, paths.split("|"))
        scans.append(scan)
        if scan.is_readable:
            findings += _check_columns(runner, scan, columns["column_name"].tolist())
    findings += _check_files(runner, scans)
    return as_relation(con, findings)


def _check_columns(runner: Runner, scan: Scan, declared: list[str]) -> list[Finding]:
    """Return a finding per rule on the header of one readable extract."""
    # One row of an index, so that a missing column is one unexpected row.
    present = {column: column in scan.header for column in declared}
    frame = pd.DataFrame({"column_name": list(present), "is_in_header": list(present.values())})
    frame.index.name = "input_row_id"
    name = f"{scan.connector}.{scan.extract}"
    rule = Rule(
        "column_is_in_the_header",
        "critical",
        "",
        gxe.ExpectColumnValuesToBeInSet(column="is_in_header", value_set=[True]),
    )
    [(_, row_ids)] = runner.unexpected(frame, [rule])
    missing = frame.loc[row_ids, "column_name"].tolist()
    finding = Finding(name, rule, row_count=len(frame), row_ids=row_ids, keys=missing)
    finding.sources = [scan.connector] * len(missing)
    finding.values = [None] * len(missing)
    if missing:
        header = ", ".join(scan.header[:8]) + (", …" if len(scan.header) > 8 else "")
        finding.explanation = (
            f"{len(missing)} of {len(frame)} columns are missing in {scan.path}: "
            f"{', '.join(missing[:5])}{', …' if len(missing) > 5 else ''}; its header is: {header}"
        )
    return [finding]


def _check_files(runner: Runner, scans: list[Scan]) -> list[Finding]:
    """Return a finding per rule and extract on the files themselves."""
    frame = pd.DataFrame(
        {
            "is_found": [scan.is_found for scan in scans],
            "is_filled": [scan.is_filled if scan.is_found else None for scan in scans],
            "is_text": [scan.is_text if scan.is_filled else None for scan in scans],
            "lines_not_utf8": [len(scan.lines_not_utf8) for scan in scans],
            "lines_of_wrong_length": [len(scan.lines_of_wrong_length) for scan in scans],
        },
        index=pd.RangeIndex(len(scans), name="input_row_id"),
    )
    expect = gxe.ExpectColumnValuesToBeInSet
    explanations = {
        "file_is_found": lambda scan: f"there is no file {scan.path}; is extracts_dir right?",
        "file_is_not_empty": lambda scan: f"{scan.path} is empty, without even a header",
        "file_is_text": lambda scan: f"{scan.path} is binary, not CSV text or readable Parquet",
        "file_is_utf8": lambda scan: (
            f"{len(scan.lines_not_utf8):,} of {scan.line_count:,} lines of {scan.path} are not "
            f"UTF-8: {_numbers(scan.lines_not_utf8)}; save the file as UTF-8"
        ),
        "row_has_as_many_values_as_the_header": lambda scan: (
            f"{len(scan.lines_of_wrong_length):,} of {scan.line_count:,} lines of {scan.path}: "
            f"{_numbers(scan.lines_of_wrong_length)}"
        ),
    }
    expectations = [
        expect(column="is_found", value_set=[True]),
        expect(column="is_filled", value_set=[True]),
        expect(column="is_text", value_set=[True]),
        expect(column="lines_not_utf8", value_set=[0]),
        expect(column="lines_of_wrong_length", value_set=[0]),
    ]
    rules = [
        Rule(name, "critical", "", expectation)
        for name, expectation in zip(explanations, expectations, strict=True)
    ]
    findings = []
    for rule, row_ids in runner.unexpected(frame, rules):
        for number, scan in enumerate(scans):
            finding = Finding(f"{scan.connector}.{scan.extract}", rule, row_count=1)
            if number in row_ids:
                finding.row_ids, finding.sources = [number], [scan.connector]
                finding.keys, finding.values = [scan.path], [None]
                finding.explanation = explanations[rule.name](scan)
            findings.append(finding)
    return findings


def _numbers(lines: list[int]) -> str:
    more = ", …" if len(lines) > 5 else ""
    return "line " + ", ".join(str(line) for line in lines[:5]) + more
