"""Reports that people export from a tool: a table between titles and totals, in the tool's words.

Accounting software and ad platforms export no plain tables. Titles stand above the header, accounts
are headings between the rows, totals follow, and each tool writes with another encoding and
separator. Here a report becomes plain rows, before any rule looks at it: nothing in a cell changes.
"""

from __future__ import annotations

import csv
import re
from bisect import bisect
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pandas as pd

from expectations.declared import Extract, ReportShape

# What every row of a report knows besides the columns of its table.
PLACE = ("report_shape", "report_file", "report_line", "report_headings")

MAX_LINES_ABOVE_HEADER = 100
MAX_CELL_LENGTH = 4_000_000
EXAMPLE_LENGTH = 120
SEPARATORS = (",", ";", "\t", "|")
BLANKS = " \t\n\r\u00a0\u200b\u202f\ufeff"
MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"\xef\xbb\xbf": "utf-8-sig"}

# Rows that are no headings, though they may have no amount.
BALANCES = {"beginning balance", "opening balance", "closing balance", "net movement", "total"}

# 2025-01-31, 1/31/2025, 31 Jan 2025, January 31, 2025; a clock may follow.
DAY = re.compile(
    r"(\d{1,4}[-/. ](\d{1,2}|[^\W\d]{3,9}\.?)[-/. ]\d{2,4}|[^\W\d]{3,9}\.? \d{1,2},? \d{4})( .*)?"
)


@dataclass
class Report:
    """The rows of one file, or the reason why it is none of the known reports."""

    file: str
    shape: str = ""
    rows: list[dict[str, str]] = field(default_factory=list)
    unknown: str = ""
    line_count: int = 0
    lines_not_text: list[int] = field(default_factory=list)
    lines_of_bad_quotes: list[int] = field(default_factory=list)
    lines_of_wrong_length: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class Header:
    """The header of a report: where it stands, and in which cell each column of the shape is."""

    shape: ReportShape
    line: int
    separator: str
    width: int
    places: dict[str, int]
    # Columns whose value stands in the header: the currency of `Amount spent (EUR)`.
    given: dict[str, str]


def read_reports(extract: Extract, files: Iterable[Path]) -> list[Report]:
    """Return the reports of an extract, one for each file."""
    return [read_report(extract, file) for file in files]


def read_report(extract: Extract, file: Path) -> Report:
    """Return the rows of a report: the entries, without titles, headings and totals."""
    report = Report(file.name)
    text = _text(report, file.read_bytes(), extract.format.codec)
    lines = text.splitlines(keepends=True)
    report.line_count = len(lines)
    if report.lines_not_text or not text.strip():
        return report
    headers = _headers(extract.report.shapes, lines)
    if not headers:
        report.unknown = _nearest(extract.report.shapes, lines)
    elif len(headers) > 1:
        names = " and ".join(header.shape.name for header in headers)
        report.unknown = f"it fits {names} alike"
    else:
        report.shape = headers[0].shape.name
        _read_rows(report, extract, headers[0], lines)
    return report


def _text(report: Report, content: bytes, codec: str) -> str:
    """Return the text of a file by its mark, as UTF-8, or else as its owner says."""
    marked = next((name for mark, name in MARKS.items() if content.startswith(mark)), "")
    for encoding in [marked] if marked else ["utf-8", codec]:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError as error:
            report.lines_not_text = [content[: error.start].count(b"\n") + 1]
        else:
            report.lines_not_text = []
            return text
    return ""


def _rows(lines: list[str], separator: str, *, strict: bool) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows with the number of their last line."""
    csv.field_size_limit(MAX_CELL_LENGTH)
    reader = csv.reader(lines, delimiter=separator, skipinitialspace=True, strict=strict)
    for row in reader:
        yield reader.line_num, [cell.strip(BLANKS) for cell in row]


def plain(name: str) -> str:
    """Return a header without case and without a difference between blanks."""
    return " ".join(name.split()).casefold()


def _fit(shape: ReportShape, cells: list[str]) -> tuple[dict[str, int], dict[str, str]]:
    """Return in which cell each column of a shape stands, and what the header itself says."""
    places: dict[str, int] = {}
    given: dict[str, str] = {}
    names = [plain(cell) for cell in cells]
    for column, headers in shape.headers.items():
        for header in headers:
            before, _, after = header.partition("{")
            named, _, after = after.partition("}")
            if named:
                pattern = re.compile(
                    re.escape(plain(before)) + r"\s*(\w+)\s*" + re.escape(plain(after))
                )
                found = [match for match in map(pattern.fullmatch, names) if match]
                place = names.index(found[0][0]) if found else -1
            else:
                place = names.index(plain(header)) if plain(header) in names else -1
            if place >= 0:
                places[column] = place
                if named:
                    given[named] = found[0][1].upper()
                break
    return places, given


def _headers(shapes: Iterable[ReportShape], lines: list[str]) -> list[Header]:
    """Return the headers that fit best: one, or several if shapes fit alike."""
    found = []
    for separator in SEPARATORS:
        for line, cells in _rows(lines[:MAX_LINES_ABOVE_HEADER], separator, strict=False):
            for shape in shapes:
                places, given = _fit(shape, cells)
                if shape.required <= set(places):
                    found.append(Header(shape, line, separator, len(cells), places, given))
    most = max((len(header.places) for header in found), default=0)
    best: dict[str, Header] = {}
    for header in found:
        if len(header.places) == most:
            best.setdefault(header.shape.name, header)
    return list(best.values())


def _nearest(shapes: Iterable[ReportShape], lines: list[str]) -> str:
    """Say which report a file resembles most, and what it lacks."""
    nearest: tuple[int, str] = (0, "")
    for separator in SEPARATORS:
        for _, cells in _rows(lines[:MAX_LINES_ABOVE_HEADER], separator, strict=False):
            for shape in shapes:
                places, _ = _fit(shape, cells)
                lacking = sorted(shape.required - set(places))
                words = "; ".join(
                    f"{column} ({' or '.join(shape.headers.get(column, ['no header']))})"
                    for column in lacking
                )
                if len(places) > nearest[0]:
                    nearest = len(places), f"as {shape.name} it lacks {words}"
    names = ", ".join(shape.name for shape in shapes)
    return nearest[1] or f"no line of it is the header of {names}"


def _read_rows(report: Report, extract: Extract, header: Header, lines: list[str]) -> None:
    """Fill in the entries below the header, each with the headings that it stands under."""
    outline = Outline()
    entries: list[tuple[int, dict[str, str]]] = []
    after = 0
    try:
        for after, row in _rows(lines[header.line :], header.separator, strict=True):
            number = header.line + after
            if not any(row):
                continue
            if any(row[header.width :]):
                report.lines_of_wrong_length.append(number)
            cells = row + [""] * (header.width - len(row))
            if _is_entry(extract, header, cells):
                named = {column: cells[place] for column, place in header.places.items()}
                entries.append((number, {**header.given, **named}))
            else:
                outline.add(number, cells)
    except csv.Error:
        report.lines_of_bad_quotes.append(header.line + after + 1)
    report.rows = [
        {
            **{column: cell for column, cell in entry.items() if cell},
            "report_shape": report.shape,
            "report_file": report.file,
            "report_line": str(number),
            "report_headings": outline.path(number),
        }
        for number, entry in entries
    ]


def _is_entry(extract: Extract, header: Header, cells: list[str]) -> bool:
    """Return whether a row is an entry, and no heading or total.

    An entry has a day, or what only entries have: one whose day nobody can read stays, so that the
    gate can name it. The first cell of a row may be a heading.
    """
    kind = extract.report
    day = cells[header.places[kind.day]]
    if DAY.fullmatch(day):
        return True
    marks = [header.places.get(column, 0) for column in kind.entry_columns]
    if kind.entry_columns:
        return any(cells[place] for place in marks if place)
    return any(letter.isdigit() for letter in day)


class Outline:
    """The headings of a report and the totals that close them.

    A total names its heading: `Total for Travel`. A heading whose total says more after the name,
    as `Total for Travel with sub-accounts`, holds all headings down to it.
    """

    def __init__(self) -> None:
        self._headings: list[tuple[int, str]] = []
        self._totals: list[tuple[int, str]] = []
        # Headings that hold others, with first and last line; then every line at which the
        # heading of the rows below changes, with the heading.
        self._spans: list[tuple[int, int, str]] = []
        self._turns: list[tuple[int, str]] = []

    def add(self, number: int, cells: list[str]) -> None:
        """Take a row that is no entry."""
        is_balance = plain(cells[0]) in BALANCES
        if not cells[0] or (is_balance and not any(cells[1:])):
            return
        (self._totals if any(cells[1:]) else self._headings).append((number, cells[0]))

    def path(self, number: int) -> str:
        """Return the headings above a row, joined by a colon; none after a total."""
        if not self._turns:
            self._close()
        around = [(first, name) for first, last, name in self._spans if first < number < last]
        place = bisect(self._turns, (number, "")) - 1
        if place >= 0:
            first, name = self._turns[place]
            if name and (first, name) not in around:
                around.append((first, name))
        return ":".join(name for _, name in sorted(around))

    def _close(self) -> None:
        """Find which headings hold others, once all rows are known."""
        names = {name for _, name in self._headings}
        ends = []
        for number, total in self._totals:
            # The total of one heading alone ends with its name.
            if any(total.endswith(f" {name}") for name in names):
                ends.append((number, ""))
                continue
            held = [
                (first, name)
                for first, name in self._headings
                if first < number
                and f" {name} " in total
                and not any(first == start for start, _, _ in self._spans)
            ]
            if held:
                first, name = max(held, key=lambda heading: (len(heading[1]), heading[0]))
                self._spans.append((first, number, name))
                ends.append((number, ""))
        self._turns = sorted([*self._headings, *ends])


# -- all files of an extract -----------------------------------------------------------------------


def columns_of(extract: Extract) -> list[str]:
    """Return the columns that the rows of an extract's reports have."""
    return [*dict.fromkeys([*(column.name for column in extract.columns), *PLACE])]


def columns_found(extract: Extract, reports: Iterable[Report]) -> list[str]:
    """Return the columns that at least one of the reports has, and the place of its rows."""
    found = {column for report in reports for row in report.rows for column in row}
    required = {
        column for shape in extract.report.shapes for column in shape.required
    }  # a report without rows has them too
    return [name for name in columns_of(extract) if name in found | required | set(PLACE)]


def write_rows(
    con: duckdb.DuckDBPyConnection, extract: Extract, reports: Iterable[Report], path: Path
) -> None:
    """Write the rows of an extract's reports to a Parquet file, all text."""
    columns = columns_of(extract)
    rows = [[row.get(name) for name in columns] for report in reports for row in report.rows]
    path.parent.mkdir(parents=True, exist_ok=True)
    frame = con.from_df(pd.DataFrame(rows, columns=columns, dtype="object"))
    quoted = ['"' + name.replace('"', '""') + '"' for name in columns]
    frame.project(", ".join(f"cast({name} as varchar) as {name}" for name in quoted)).write_parquet(
        str(path)
    )


def repeated_rows(extract: Extract, reports: Iterable[Report]) -> list[str]:
    """Say which entries stand in two files: exports of the same time would count twice.

    Entries are the same if they agree in the columns of `same_columns`, or in all if there are
    none. Of columns joined by a bar the first that both entries have is compared: the id of a
    campaign, or else its name.
    """
    fixed = [name for name in extract.report.same_columns if "|" not in name]
    named = [
        name for part in extract.report.same_columns if "|" in part for name in part.split("|")
    ]
    seen: dict[tuple, dict[str, frozenset[str]]] = {}
    found: dict[tuple[str, str], str] = {}
    for report in reports:
        for row in report.rows:
            if not extract.report.same_columns:
                fixed = sorted(set(row) - {"report_file", "report_line"})
            start = (report.shape, *((name, row.get(name)) for name in fixed))
            having = frozenset(name for name in named if row.get(name))
            keys = [(*start, name, row[name]) for name in named if name in having] or [start]
            for key in keys:
                others = seen.setdefault(key, {})
                for other, their in others.items():
                    first = next((name for name in named if name in having & their), None)
                    if other != report.file and (first is None or first == key[-2]):
                        found.setdefault((other, report.file), " ".join(filter(None, row.values())))
                others[report.file] = having
    return [
        f"{one} and {two} both have {what[:EXAMPLE_LENGTH]}" for (one, two), what in found.items()
    ]
