"""One look at the raw files of an extract: what a reader would find, before any rule judges it."""

from __future__ import annotations

import csv
import glob
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from expectations.declared import Format

# What DuckDB reads of one row, in bytes; the text between two quotes counts too.
MAX_ROW_BYTES = 2_000_000

# A line above the header may hold only these and the delimiter: people leave lines blank, and Excel
# writes the commas of a blank row. The macro `lines_above_header` passes over the same lines.
BLANK = ' \t\r\n"'
MAX_LINES_ABOVE_HEADER = 1000

# Between a DuckDB file and the name of its table, in a path.
IN_DATABASE = "::"

# The end of a path that means all CSV files of a folder, each of them a report.
REPORTS = "/*.csv"

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
    # Why the DuckDB file that would hold it cannot be opened.
    trouble: str = ""
    is_found: bool = False
    is_optional: bool = False
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
    # For reports alone: rule -> what is wrong.
    report_faults: dict[str, list[str]] = field(default_factory=dict)

    @property
    def is_readable(self) -> bool:
        """Whether the header means anything."""
        return bool(self.header)

    def forget_rows(self) -> None:
        """Drop what was noted on rows, because it follows from something worse."""
        self.lines_of_bad_quotes, self.lines_of_bad_ends = [], []
        self.lines_of_wrong_length, self.lines_too_long = [], []


def _lines(scan: Scan, path: Path, written: Format) -> Iterator[str]:
    """Yield the lines of a file; note those that hold a NUL."""
    with path.open(encoding=written.codec, newline="") as lines:
        for number, line in enumerate(lines, start=1):
            if "\x00" in line:
                scan.lines_not_text.append(number)
            scan.line_count = number
            yield line


def _read_rows(scan: Scan, path: Path, written: Format) -> None:
    """Note the header and each row that is not whole, by RFC 4180 with the source's own signs."""
    blank = BLANK + written.separator
    size, line_end, has_line_feed, is_above_header = 0, "", False, True

    def measured() -> Iterator[str]:
        nonlocal size, line_end, has_line_feed, is_above_header
        for line in _lines(scan, path, written):
            line_end = line[-1:]
            has_line_feed = has_line_feed or line_end == "\n"
            is_above_header &= scan.lines_above_header < MAX_LINES_ABOVE_HEADER
            if is_above_header and not line.strip(blank):
                scan.lines_above_header += 1
                continue
            is_above_header = False
            size += len(line) if line.isascii() else len(line.encode())
            yield line

    # As DuckDB reads: blanks may stand before a quote; text after a closing quote is an error.
    reader = csv.reader(
        measured(),
        strict=True,
        skipinitialspace=True,
        delimiter=written.separator,
        quotechar=written.quote,
    )
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


def _scan_csv(scan: Scan, path: Path, written: Format) -> None:
    """Fill in what a CSV file tells."""
    with path.open("rb") as content:
        start = content.read(4096)
    scan.is_filled = bool(start.removeprefix(b"\xef\xbb\xbf").strip())
    if not scan.is_filled:
        return
    is_utf_16 = written.encoding == "utf-16"
    for signature, name in FOREIGN_FORMATS.items():
        if start.startswith(signature) and not (is_utf_16 and name == "UTF-16 text"):
            scan.foreign_format = name
            return
    if start.count(b"\x00") > len(start) // 3 and not is_utf_16:
        scan.foreign_format = "UTF-16 text, or binary"
        return
    csv.field_size_limit(MAX_ROW_BYTES * 2)
    try:
        _read_rows(scan, path, written)
    except UnicodeDecodeError:
        scan.header, scan.lines_not_text = [], []
        if b"\x00" in start:
            scan.foreign_format = "binary"
        with path.open("rb") as lines:
            for number, line in enumerate(lines, start=1):
                scan.line_count = number
                try:
                    line.decode(written.codec)
                except UnicodeDecodeError:
                    scan.lines_not_utf8.append(number)
    if scan.lines_not_text or scan.lines_not_utf8:
        scan.header = []
        scan.forget_rows()
    elif not scan.header and not scan.lines_of_bad_quotes:
        scan.is_filled = False


def _scan_parquet(scan: Scan, files: list[Path]) -> None:
    """Fill in what Parquet files tell; a column must have one type in all parts that have it."""
    scan.is_filled = True
    all_types: dict[str, str] = {}
    for file in files:
        try:
            relation = duckdb.read_parquet(glob.escape(str(file)))
        except duckdb.Error:
            scan.foreign_format = f"no readable Parquet ({file.name})"
            return
        types = dict(zip(relation.columns, map(str, relation.types), strict=True))
        if any(all_types.get(name, type_) != type_ for name, type_ in types.items()):
            scan.deviating_parts.append(file.name)
        all_types = {**types, **all_types}
    scan.header = list(all_types)


def _scan_table(scan: Scan, place: str) -> None:
    """Fill in what a table of a DuckDB file tells."""
    file, _, table = place.partition(IN_DATABASE)
    try:
        found = _tables(file, table)
        scan.is_filled = True
        scan.header = next(iter(found.values()), [])
    except duckdb.Error as error:
        scan.foreign_format = trouble_with_database(Path(file)) or str(error).splitlines()[0]
    else:
        if len(found) > 1:
            scan.rivals = [f"{file}{IN_DATABASE}{name}" for name in found]


def trouble_with_database(file: Path) -> str:
    """Return what a DuckDB file is that cannot be opened; empty if it can."""
    try:
        with duckdb.connect(str(file), read_only=True):
            return ""
    except duckdb.Error as error:
        if re.search("set lock|used by another process", str(error)):
            return "open in another program, which may be writing to it; close it there"
        return "no readable DuckDB file"


def _tables(file: str, table: str) -> dict[str, list[str]]:
    """Return the tables of a DuckDB file that a name may mean, as `schema.table`, with columns.

    `table` may say the schema, as `schema.table`. Raises duckdb.Error if the file cannot be read.
    """
    with duckdb.connect(file, read_only=True) as con:
        columns = con.execute(
            "select schema_name || '.' || table_name, column_name from duckdb_columns() "
            "where not internal and lower(?) in (lower(table_name), "
            "lower(schema_name || '.' || table_name)) order by 1, column_index",
            [table],
        ).fetchall()
    found: dict[str, list[str]] = {}
    for name, column in columns:
        found.setdefault(name, []).append(column)
    return found


def scan_extract(
    connector: str, extract: str, candidate_paths: list[str], written: Format | None = None
) -> Scan:
    """Look at the one of the candidate paths that exists, as the reader will.

    `candidate_paths` are files, `<folder>/*.parquet` for all Parquet files of a folder, or tables
    of a DuckDB file as `<file>::<table>`; whatever else looks like a pattern is the name of a file
    or folder as it stands.
    """
    written = written or Format()
    scan = Scan(connector, extract, path=candidate_paths[0])
    # Without a path the connector has no folder at all.
    home = Path(scan.path.partition(IN_DATABASE)[0])
    scan.has_folder = bool(scan.path) and (
        home.is_file() if IN_DATABASE in scan.path else home.parent.is_dir()
    )
    if scan.has_folder and IN_DATABASE in scan.path:
        scan.trouble = trouble_with_database(home)
        scan.has_folder = not scan.trouble
    if not scan.has_folder:
        return scan
    found = places(candidate_paths)
    if not found:
        return scan
    scan.path, files = next(iter(found.items()))
    scan.is_found = all(file.is_file() for file in files)
    if len(found) > 1:
        # Whichever were read, the other might be the newer one.
        scan.rivals = list(found)
    elif not scan.is_found:
        scan.foreign_format = "a folder, not a file"
    elif IN_DATABASE in scan.path:
        _scan_table(scan, scan.path)
    elif Path(scan.path).suffix == ".csv":
        _scan_csv(scan, Path(scan.path), written)
    else:
        _scan_parquet(scan, files)
    return scan


def places(candidate_paths: list[str]) -> dict[str, list[Path]]:
    """Return the candidate paths at which something is, each with its files.

    Two paths may be one thing: names of tables, and of files on some systems, have no case.
    """
    found: dict[str, list[Path]] = {}
    seen = set()
    for path in candidate_paths:
        files = _files(path)
        things = (*(file.stat().st_ino for file in files), *_tables_of(path))
        if files and things not in seen:
            seen.add(things)
            found[path] = files
    return found


def header_of(path: str, files: list[Path], written: Format) -> list[str]:
    """Return the header of an extract without a look at its rows; none if it cannot be read."""
    try:
        if IN_DATABASE in path:
            file, _, table = path.partition(IN_DATABASE)
            return next(iter(_tables(file, table).values()), [])
        if Path(path).suffix == ".csv":
            blank = BLANK + written.separator
            with Path(path).open(encoding=written.codec, newline="") as lines:
                filled = (line for line in lines if line.strip(blank))
                rows = csv.reader(
                    filled,
                    skipinitialspace=True,
                    delimiter=written.separator,
                    quotechar=written.quote,
                )
                return [name.strip() for name in next(rows, [])]
        names: dict[str, None] = {}
        for file in files:
            names |= dict.fromkeys(duckdb.read_parquet(glob.escape(str(file))).columns)
        return list(names)
    except (OSError, UnicodeError, csv.Error, duckdb.Error):
        return []


def _files(candidate: str) -> list[Path]:
    """Return the files of a candidate path that are there."""
    file, _, table = candidate.partition(IN_DATABASE)
    path = Path(file)
    if path.name == "*.parquet":
        return sorted(path.parent.glob("*.parquet"))
    if candidate.endswith(REPORTS):
        found = path.parent.iterdir() if path.parent.is_dir() else []
        return sorted(file for file in found if file.suffix.lower() == ".csv")
    if not path.exists():
        return []
    try:
        return [path] if not table or _tables(file, table) else []
    except duckdb.Error:
        # A file that cannot be opened may have the table: the scan says why it cannot.
        return [path]


def _tables_of(candidate: str) -> list[str]:
    """Return the tables that a candidate path may mean; none of a file that cannot be opened."""
    file, _, table = candidate.partition(IN_DATABASE)
    try:
        return list(_tables(file, table)) if table and Path(file).is_file() else []
    except duckdb.Error:
        return []


def known(value: int, is_asked: bool) -> int | None:
    """Return the value, or null where an earlier rule has already failed."""
    return value if is_asked else None
