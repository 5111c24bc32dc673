"""The declared extracts of the connectors, read from the model `extracts`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

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
    for row in declared.sort_values(["connector", "extract_name"], kind="stable").itertuples():
        extract = extracts.setdefault(
            (row.connector, row.extract_name),
            Extract(
                row.connector,
                row.extract_name,
                row.candidate_paths.split("|"),
                row.is_optional_extract,
                row.has_loose_names,
                Format(row.delimiter, row.quote_mark, row.encoding),
            ),
        )
        others = tuple(name for name in row.other_names.split("|") if name)
        extract.columns.append(Column(row.column_name, others, row.is_optional_column))
    return list(extracts.values())
