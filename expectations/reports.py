"""Reports that people export from a tool: a table between titles and totals, in the tool's words.

Accounting software and ad platforms export no plain tables. Titles stand above the header, accounts
are headings between the rows, totals follow, and each tool writes with another encoding and
separator. Here a report becomes plain rows, before any rule looks at it: nothing in a cell changes.
"""

from __future__ import annotations

import codecs
import csv
import re
from bisect import bisect
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pandas as pd

from expectations.declared import Extract, ReportKind, ReportShape
from expectations.scans import FOREIGN_FORMATS, REPORTS

# Every row of a report knows these besides the columns of its table.
PLACE = ("report_shape", "report_file", "report_line", "report_headings")

MAX_LINES_ABOVE_HEADER = 100
HEAD_BYTES = 100_000
MAX_CELL_LENGTH = 4_000_000
EXAMPLE_LENGTH = 120
SHOWN_LINES = 5
SEPARATORS = (",", ";", "\t", "|")
BLANKS = " \t\n\r\u00a0\u200b\u202f\ufeff"
MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"\xef\xbb\xbf": "utf-8-sig"}

# Rows that are no headings, though they may have no amount.
BALANCES = {"beginning balance", "opening balance", "closing balance", "net movement", "total"}

# How the total of a report begins that stands where others have the name of a campaign.
TOTAL = re.compile(
    r"(grand |sub)?tota(l|le|al)\b|gesamt|summe\b|results? (of|from)\b", re.IGNORECASE
)

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


def is_of_reports(extract: Extract) -> bool:
    """Whether an extract is looked for as reports in a folder, and not as a table."""
    return extract.report is not None and extract.candidate_paths[0].endswith(REPORTS)


def read_reports(extract: Extract, files: Iterable[Path]) -> list[Report]:
    """Return the reports of an extract, one for each file."""
    return [read_report(extract, file) for file in files]


def read_report(extract: Extract, file: Path) -> Report:
    """Return the rows of a report: the entries, without titles, headings and totals."""
    report = Report(file.name)
    with file.open("rb") as content:
        lines = _lines(report, content.read(HEAD_BYTES), extract.format.codec, is_head=True)
    if report.lines_not_text or not any(line.strip() for line in lines):
        report.line_count = 0
        return report
    if header := _find_header(report, extract.report.shapes, lines):
        report.shape = header.shape.name
        lines = _lines(report, file.read_bytes(), extract.format.codec)
        _read_rows(report, extract, header, lines)
    return report


def _lines(report: Report, content: bytes, codec: str, *, is_head: bool = False) -> list[str]:
    """Return the lines of a file by its mark, as UTF-8, or else as its owner says."""
    marked = next((name for mark, name in MARKS.items() if content.startswith(mark)), "")
    for encoding in [marked] if marked else ["utf-8", codec]:
        reader = codecs.getincrementaldecoder(encoding)()
        try:
            # The head of a file may end within a character.
            lines = reader.decode(content, final=not is_head).splitlines(keepends=True)
        except UnicodeDecodeError as error:
            report.lines_not_text = [content[: error.start].count(b"\n") + 1]
        else:
            report.lines_not_text = []
            report.line_count = len(lines)
            return lines
    return []


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


def _candidates(lines: list[str]) -> Iterator[tuple[str, int, list[str]]]:
    """Yield the separator, the line and the cells of each row that could be the header."""
    head = lines[:MAX_LINES_ABOVE_HEADER]
    for separator in SEPARATORS:
        if any(separator in line for line in head):
            for line, cells in _rows(head, separator, strict=False):
                if len(cells) > 1:
                    yield separator, line, cells


def _find_header(report: Report, shapes: Iterable[ReportShape], lines: list[str]) -> Header | None:
    """Return the header that fits best; where none does, or several, the report says why."""
    found: dict[str, Header] = {}
    nearest: tuple[int, str] = (0, "")
    for separator, line, cells in _candidates(lines):
        for shape in shapes:
            places, given = _fit(shape, cells)
            lacking = sorted(shape.required - set(places))
            if not lacking:
                header = Header(shape, line, separator, len(cells), places, given)
                best = found.setdefault(shape.name, header)
                if len(places) > len(best.places):
                    found[shape.name] = header
            elif len(places) > nearest[0]:
                words = "; ".join(
                    f"{column} ({' or '.join(shape.headers.get(column, ['no header']))})"
                    for column in lacking
                )
                nearest = len(places), f"as {shape.name} it lacks {words}"
    most = max((len(header.places) for header in found.values()), default=0)
    headers = [header for header in found.values() if len(header.places) == most]
    if len(headers) == 1:
        return headers[0]
    names = [shape.name for shape in shapes]
    if headers:
        fitting = " and ".join(header.shape.name for header in headers)
        report.unknown = f"it fits {fitting} alike"
    else:
        report.unknown = nearest[1] or f"no line of it is the header of {', '.join(names)}"
    return None


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
                outline.add(number, cells, max(1, min(header.places.values())))
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
    gate can name it. So does one without a day that has a name and a number, as totals have not.
    The first cell of a row may be a heading.
    """
    kind = extract.report
    day = cells[header.places[kind.day]]
    if DAY.fullmatch(day):
        return True
    marks = [header.places.get(column, 0) for column in kind.entry_columns]
    if kind.entry_columns:
        return any(cells[place] for place in marks if place)
    return any(letter.isdigit() for letter in day) or (not day and _is_named(kind, header, cells))


def _is_named(kind: ReportKind, header: Header, cells: list[str]) -> bool:
    """Return whether a row without a day has a name and a number, and is no total.

    The name is in one of the columns that `same_columns` joins by a bar.
    """
    named = {name for part in kind.same_columns if "|" in part for name in part.split("|")}
    names = [cells[place] for column, place in header.places.items() if column in named]
    others = [cells[place] for column, place in header.places.items() if column not in named]
    return (
        any(names)
        and not any(TOTAL.match(name) for name in names)
        and any(letter.isdigit() for cell in others for letter in cell)
    )


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

    def add(self, number: int, cells: list[str], width: int) -> None:
        """Take a row that is no entry; its name is in one of the first `width` cells."""
        name = next((cell for cell in cells[:width] if cell), "")
        has_more = sum(map(bool, cells)) > 1
        if name and (has_more or plain(name) not in BALANCES):
            (self._totals if has_more else self._headings).append((number, name))

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
        # A total may stand there without an amount.
        bare = [
            (number, name)
            for number, name in self._headings
            if plain(name).startswith("total ")
            and any(f" {other} " in f"{name} " for other in names - {name})
        ]
        self._headings = [heading for heading in self._headings if heading not in bare]
        self._totals = sorted([*self._totals, *bare])
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
    none. Where columns are joined by a bar, the first that both entries have is compared: the id of
    a campaign, or else its name.
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


def faults_of(extract: Extract, files: list[Path], reports: list[Report]) -> dict[str, list[str]]:
    """Return what is wrong with the files of an extract, by rule."""
    foreign = {file: name for file in files if (name := foreign_format(file))}
    unreadable = [f"{file.name} is {name}; save it as CSV" for file, name in foreign.items()]
    for report in reports:
        unreadable += _faults_of_text(report)
    return {
        "report_is_readable": unreadable,
        "report_is_known": [
            f"{report.file} is no report that {extract.connector} knows: {report.unknown}"
            for report in reports
            if report.unknown
        ],
        "entry_is_in_one_report": [
            f"{fault}; keep one of them, or export so that they share no entry"
            for fault in repeated_rows(extract, reports)
        ],
    }


def foreign_format(file: Path) -> str:
    """Return what a file is that is no text."""
    with file.open("rb") as content:
        start = content.read(8)
    for mark, name in FOREIGN_FORMATS.items():
        if start.startswith(mark) and name != "UTF-16 text":
            return name
    return ""


def _faults_of_text(report: Report) -> list[str]:
    """Say what is wrong with the text of a report."""
    if not report.line_count and not report.lines_not_text:
        return [f"{report.file} is empty"]
    faults = {
        "has text in another encoding than UTF-8": report.lines_not_text,
        "has a quote that is opened and not closed, or followed by text where it closes": (
            report.lines_of_bad_quotes
        ),
        "has more values than the header": report.lines_of_wrong_length,
    }
    return [
        f"{report.file} {words} in line {', '.join(map(str, lines[:SHOWN_LINES]))}"
        for words, lines in faults.items()
        if lines
    ]
