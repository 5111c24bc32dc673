"""One look at the raw files of an extract: what a reader would find, before any rule judges it."""

from __future__ import annotations

import csv
import glob
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

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
    """The result of a look at one extract's files; lines count from 1, the header.

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
        # The text after an open quote cannot be told apart from it.
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


def known(value: int, is_asked: bool) -> int | None:
    """Return the value, or null where an earlier rule has already failed."""
    return value if is_asked else None
