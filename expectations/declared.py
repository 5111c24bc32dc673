"""The declared extracts of the connectors, read from the model `extracts`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

import pandas as pd

# Loaders put these words before a vendor's names. The macro `field` removes them too.
PREFIXES = re.compile(r"^(property|properties)(?=[a-z0-9])")


@dataclass(frozen=True)
class Format:
    """How a source writes its CSV files, in the words of the setting `extract_formats`."""

    delimiter: str = ","
    quote: str = '"'
    encoding: str = "utf-8"

    @property
    def separator(self) -> str:
        """The character between two cells."""
        return "\t" if self.delimiter == "tab" else self.delimiter

    @property
    def codec(self) -> str:
        """The encoding as Python calls it; UTF-8 with or without its mark."""
        return {"utf-8": "utf-8-sig", "windows-1252": "cp1252"}.get(self.encoding, self.encoding)


@dataclass(frozen=True)
class Column:
    """A declared column: its name, others that loaders give it, and whether it may be missing."""

    name: str
    other_names: tuple[str, ...] = ()
    is_optional: bool = False


@dataclass(frozen=True)
class ReportShape:
    """How a tool heads the columns of a report: the headers of each, and which must be there."""

    name: str
    headers: dict[str, tuple[str, ...]]
    required: frozenset[str]


@dataclass(frozen=True)
class ReportKind:
    """An extract that consists of reports, which people export.

    `day` is the column of days; `entry_columns` are those that entries have filled, and neither
    headings nor totals; `same_columns` tell whether two entries are the same.
    """

    day: str
    entry_columns: tuple[str, ...] = ()
    same_columns: tuple[str, ...] = ()
    shapes: tuple[ReportShape, ...] = ()


@dataclass
class Extract:
    """A declared extract: where it may lie, how it is written, and which columns it has."""

    connector: str
    name: str
    candidate_paths: list[str]
    is_optional: bool = False
    has_loose_names: bool = False
    format: Format = Format()
    columns: list[Column] = field(default_factory=list)
    # None if it is a plain table.
    report: ReportKind | None = None

    def key(self, name: str) -> str:
        """Return what two names of a column have in common if they are the same column."""
        return loose(name) if self.has_loose_names else name.lower()

    def times_in(self, header: list[str], column: Column) -> int:
        """Return how often a column stands in a header, under the first of its names that does."""
        found = [self.key(name) for name in header]
        for name in (column.name, *column.other_names):
            exact = [one.lower() for one in header].count(name.lower())
            # A loader that keeps a vendor's names beside its own writes both; the exact one counts.
            if times := exact or min(found.count(self.key(name)), 1):
                return times
        return 0


def loose(name: str) -> str:
    """Return a name without case, underscores, blanks and the prefixes of loaders."""
    return PREFIXES.sub("", re.sub(r"[\W_]", "", name.lower()))


def extracts_of(declared: pd.DataFrame) -> list[Extract]:
    """Return the declared extracts, by connector and name; `declared` is the model `extracts`."""
    extracts: dict[tuple[str, str], Extract] = {}
    shapes: dict[tuple[str, str], dict[str, list[Column]]] = {}
    for row in declared.sort_values(["connector", "extract_name"], kind="stable").itertuples():
        key = (row.connector, row.extract_name)
        others = tuple(name for name in row.other_names.split("|") if name)
        column = Column(row.column_name, others, row.is_optional_column)
        if row.report_shape:
            shapes.setdefault(key, {}).setdefault(row.report_shape, []).append(column)
            continue
        extract = extracts.setdefault(
            key,
            Extract(
                row.connector,
                row.extract_name,
                row.candidate_paths.split("|"),
                row.is_optional_extract,
                row.has_loose_names,
                Format(row.delimiter, row.quote_mark, row.encoding),
                report=report_kind(row.report_day, row.report_entries, row.report_sameness),
            ),
        )
        extract.columns.append(column)
    for key, extract in extracts.items():
        if extract.report:
            extract.report = with_shapes(extract, shapes.get(key, {}))
    return list(extracts.values())


def report_kind(day: str, entries: str, same: str) -> ReportKind | None:
    """Return what the meta `report` of an extract says; lists are joined by commas."""
    if not day:
        return None
    lists = [tuple(name for name in text.split(",") if name) for text in (entries, same)]
    return ReportKind(day, *lists)


def with_shapes(extract: Extract, shapes: dict[str, list[Column]]) -> ReportKind:
    """Return the kind of an extract's reports with their shapes.

    `shapes` are those of a seed: columns of the extract and their headers. Without one the columns
    of the extract are the headers themselves.
    """
    kind = extract.report
    optional = {column.name for column in extract.columns if column.is_optional}
    of_file = [column for column in extract.columns if not column.name.startswith("report_")]
    headed = (
        {
            name: {column.name: column.other_names for column in columns}
            for name, columns in sorted(shapes.items())
        }
        if shapes
        else {extract.name: {one.name: (one.name, *one.other_names) for one in of_file}}
    )
    required = frozenset(column.name for column in of_file) - optional
    made = tuple(ReportShape(name, headers, required) for name, headers in headed.items())
    return replace(kind, shapes=made)
