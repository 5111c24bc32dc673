"""Rules for the raw files: found, not empty, UTF-8 text, the declared columns, whole rows."""

from __future__ import annotations

import csv
import glob
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import duckdb
import great_expectations.expectations as gxe
import pandas as pd

from expectations.rules import Rule
from expectations.runner import EXAMPLES, Finding, Runner, as_relation

# What DuckDB reads of one row, in bytes; the text between two quotes counts too.
MAX_ROW_BYTES = 2_000_000

# A line above the header may hold only these: people leave lines blank, and Excel writes the commas
# of a blank row. The macro `lines_above_header` passes over the same lines.
BLANK = ' \t\r\n,"'
MAX_LINES_ABOVE_HEADER = 1000

# How a file that is no CSV text begins, and what its owner should hear.
FOREIGN_FORMATS = {
    b"PK\x03\x04": "an Excel workbook or a zip archive",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"\x1f\x8b": "a gzip archive",
    b"PAR1": "a Parquet file (its name must end in .parquet)",
    b"%PDF": "a PDF document",
    b"\xff\xfe": "UTF-16 text",
    b"\xfe\xff": "UTF-16 text",
}


@dataclass
class Scan:
    """What a look at one extract's files tells; numbers of lines count from 1, the header.

    The look ends at the first thing that makes the rest meaningless, so that a file is stopped for
    its cause and not for what follows from it.
    """

    connector: str
    extract: str
    path: str = ""
    has_folder: bool = True
    is_found: bool = False
    # All that could be the extract, if that is more than one.
    rivals: list[str] = field(default_factory=list)
    is_filled: bool = False
    foreign_format: str = ""
    lines_not_text: list[int] = field(default_factory=list)
    lines_not_utf8: list[int] = field(default_factory=list)
    lines_of_bad_quotes: list[int] = field(default_factory=list)
    lines_of_bad_ends: list[int] = field(default_factory=list)
    lines_of_wrong_length: list[int] = field(default_factory=list)
    lines_too_long: list[int] = field(default_factory=list)
    line_count: int = 0
    lines_above_header: int = 0
    header: list[str] = field(default_factory=list)
    deviating_parts: list[str] = field(default_factory=list)

    @property
    def is_readable(self) -> bool:
        """Whether the header means anything."""
        return bool(self.header)

    def forget_rows(self) -> None:
        """Drop what was noted on rows, because it follows from something worse."""
        self.lines_of_bad_quotes, self.lines_of_bad_ends = [], []
        self.lines_of_wrong_length, self.lines_too_long = [], []


def _lines(scan: Scan, path: Path) -> Iterator[str]:
    """Yield the lines of a UTF-8 file, with or without mark; note those that hold a NUL."""
    with path.open(encoding="utf-8-sig", newline="") as lines:
        for number, line in enumerate(lines, start=1):
            if "\x00" in line:
                scan.lines_not_text.append(number)
            scan.line_count = number
            yield line


def _read_rows(scan: Scan, path: Path) -> None:
    """Note the header and each row that is not whole: RFC 4180, comma, double quotes."""
    size, line_end, has_line_feed, is_above_header = 0, "", False, True

    def measured() -> Iterator[str]:
        nonlocal size, line_end, has_line_feed, is_above_header
        for line in _lines(scan, path):
            line_end = line[-1:]
            has_line_feed = has_line_feed or line_end == "\n"
            is_above_header &= scan.lines_above_header < MAX_LINES_ABOVE_HEADER
            if is_above_header and not line.strip(BLANK):
                scan.lines_above_header += 1
                continue
            is_above_header = False
            size += len(line) if line.isascii() else len(line.encode())
            yield line

    # As DuckDB reads: blanks may stand before a quote; text after a closing quote is an error.
    reader = csv.reader(measured(), strict=True, skipinitialspace=True)
    header: list[str] = []
    rows_line, size_before = 1, 0
    try:
        for row in reader:
            first_line = scan.lines_above_header + rows_line
            if line_end == "\r":
                scan.lines_of_bad_ends.append(first_line)
            # DuckDB skips blank lines too.
            if row and not header:
                header = [name.strip() for name in row]
            elif row and len(row) != len(header):
                scan.lines_of_wrong_length.append(first_line)
            if size - size_before >= MAX_ROW_BYTES:
                scan.lines_too_long.append(first_line)
            rows_line, size_before = reader.line_num + 1, size
    except csv.Error:
        # What follows an open quote cannot be told apart from it.
        scan.lines_of_bad_quotes.append(scan.lines_above_header + rows_line)
    if not has_line_feed:
        # Old Macintosh files end all their lines so. Among others, DuckDB loses what follows one.
        scan.lines_of_bad_ends = []
    scan.header = header


def _scan_csv(scan: Scan, path: Path) -> None:
    """Fill in what a CSV file tells."""
    with path.open("rb") as content:
        start = content.read(4096)
    scan.is_filled = bool(start.removeprefix(b"\xef\xbb\xbf").strip())
    if not scan.is_filled:
        return
    for signature, name in FOREIGN_FORMATS.items():
        if start.startswith(signature):
            scan.foreign_format = name
            return
    if start.count(b"\x00") > len(start) // 3:
        scan.foreign_format = "UTF-16 text, or binary"
        return
    csv.field_size_limit(MAX_ROW_BYTES * 2)
    try:
        _read_rows(scan, path)
    except UnicodeDecodeError:
        scan.header, scan.lines_not_text = [], []
        if b"\x00" in start:
            scan.foreign_format = "binary"
        with path.open("rb") as lines:
            for number, line in enumerate(lines, start=1):
                scan.line_count = number
                try:
                    line.decode("utf-8")
                except UnicodeDecodeError:
                    scan.lines_not_utf8.append(number)
    if scan.lines_not_text or scan.lines_not_utf8:
        scan.header = []
        scan.forget_rows()
    elif not scan.header and not scan.lines_of_bad_quotes:
        scan.is_filled = False


def _scan_parquet(scan: Scan, files: list[Path]) -> None:
    """Fill in what Parquet files tell; all parts must have the columns and types of the first."""
    scan.is_filled = True
    first: dict[str, str] = {}
    for file in files:
        try:
            relation = duckdb.read_parquet(glob.escape(str(file)))
        except duckdb.Error:
            scan.foreign_format = f"no readable Parquet ({file.name})"
            return
        types = dict(zip(relation.columns, map(str, relation.types), strict=True))
        first = first or types
        if types != first:
            scan.deviating_parts.append(file.name)
    scan.header = list(first)


def scan_extract(connector: str, extract: str, candidate_paths: list[str]) -> Scan:
    """Look at the one of the candidate paths that exists, as the reader will.

    `candidate_paths` are files, or `<folder>/*.parquet` for all Parquet files of a folder; whatever
    else looks like a pattern is the name of a file or folder as it stands.
    """
    scan = Scan(connector, extract, path=candidate_paths[0])
    # Without a path the connector has no folder at all.
    scan.has_folder = bool(scan.path) and Path(scan.path).parent.is_dir()
    if not scan.has_folder:
        return scan
    found = {path: files for path in candidate_paths if (files := _files(Path(path)))}
    if not found:
        return scan
    scan.path, files = next(iter(found.items()))
    scan.is_found = all(file.is_file() for file in files)
    if len(found) > 1:
        # Whichever were read, the other might be the newer one.
        scan.rivals = list(found)
    elif not scan.is_found:
        scan.foreign_format = "a folder, not a file"
    elif Path(scan.path).suffix == ".csv":
        _scan_csv(scan, Path(scan.path))
    else:
        _scan_parquet(scan, files)
    return scan


def _files(candidate: Path) -> list[Path]:
    """Return the files of a candidate path that are there."""
    if candidate.name == "*.parquet":
        return sorted(candidate.parent.glob("*.parquet"))
    return [candidate] if candidate.exists() else []


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
            # First, since they look at the header alone: what is in the rows follows from it.
            findings += _check_columns(runner, scan, columns["column_name"].tolist())
    findings += _check_folders(runner, scans)
    findings += _check_files(runner, scans)
    return as_relation(con, findings)


def _check_columns(runner: Runner, scan: Scan, declared: list[str]) -> list[Finding]:
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
            "times_in_header": [_known(count, all(times)) for count in times],
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


def _check_folders(runner: Runner, scans: list[Scan]) -> list[Finding]:
    """Return a finding per connector on its folder: one message, not one for each missing file."""
    rule = Rule(
        "folder_is_found",
        "critical",
        "",
        gxe.ExpectColumnValuesToBeInSet(column="has_folder", value_set=[True]),
    )
    folders = {scan.connector: scan for scan in reversed(scans)}
    frame = pd.DataFrame(
        {"has_folder": [scan.has_folder for scan in folders.values()]},
        index=pd.RangeIndex(len(folders), name="input_row_id"),
    )
    if frame.empty:
        return []
    [(_, row_ids)] = runner.unexpected(frame, [rule])
    findings = []
    for number, (connector, scan) in enumerate(folders.items()):
        finding = Finding(connector, rule, row_count=1)
        if number in row_ids:
            folder = str(Path(scan.path).parent) if scan.path else ""
            finding.row_ids, finding.sources = [number], [connector]
            finding.keys, finding.values = [folder or connector], [None]
            finding.explanation = (
                f"there is no folder {folder}; is extracts_dir right?"
                if folder
                else f"extracts_dir names no folder for it; add {connector}: <folder>"
            )
        findings.append(finding)
    return findings


def _check_files(runner: Runner, scans: list[Scan]) -> list[Finding]:
    """Return a finding per rule and extract on the files themselves."""
    frame = pd.DataFrame(
        {
            "is_found": [_known(scan.is_found, scan.has_folder) for scan in scans],
            "rivals": [len(scan.rivals) for scan in scans],
            "is_filled": [
                _known(scan.is_filled, scan.is_found and not scan.rivals) for scan in scans
            ],
            "is_text": [
                _known(not scan.foreign_format and not scan.lines_not_text, scan.is_filled)
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
                else f"there is no file {scan.path}"
            ),
        ),
        "extract_is_in_one_place": (
            "rivals",
            lambda scan: (
                f"{' and '.join(scan.rivals)} are {'both' if len(scan.rivals) == 2 else 'all'} "
                "there; keep the one that is to be read"
            ),
        ),
        "file_is_not_empty": (
            "is_filled",
            lambda scan: f"{scan.path} is empty, without even a header",
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
        "parts_have_the_same_columns": (
            "deviating_parts",
            lambda scan: (
                f"{len(scan.deviating_parts)} files of {scan.path} have other columns or "
                f"types than the first: {', '.join(scan.deviating_parts[:EXAMPLES])}"
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
            findings.append(finding)
    return findings


def _absence_hint(connector: str) -> str:
    """Say what to do about a file that is not there."""
    sources = f"models/connectors/{connector}/{connector}__sources.yml"
    return (
        f"; restore it, or, if there is none to come, remove its entry in {sources}, the models "
        "beside it that read it and their tables in connector_tables"
    )


def _known(value: int, is_asked: bool) -> int | None:
    """Return the value, or null where an earlier rule has already failed."""
    return value if is_asked else None


def _share(scan: Scan, lines: list[int]) -> str:
    """Return `12 of 1,579 lines of deals.csv (line 3, 4, …) have`."""
    more = ", …" if len(lines) > EXAMPLES else ""
    shown = ", ".join(str(line) for line in lines[:EXAMPLES]) + more
    verb = "has" if len(lines) == 1 else "have"
    return f"{len(lines):,} of {scan.line_count:,} lines of {scan.path} (line {shown}) {verb}"
