"""The header of an extract: which columns it has, and that each declared one stands in it, once."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import duckdb
import great_expectations.expectations as gxe
import pandas as pd

from expectations.declared import Extract, extracts_of
from expectations.reports import columns_of, is_of_reports, read_reports, write_rows
from expectations.rules import Rule
from expectations.runner import EXAMPLES, Finding, Runner
from expectations.scans import Scan, header_of, known, places


def find_headers(con: duckdb.DuckDBPyConnection, declared: pd.DataFrame) -> duckdb.DuckDBPyRelation:
    """Return the columns of the extracts that are there: the rows of the model `extract_headers`.

    `declared` is the model `extracts`. An extract whose header cannot be read has none: the check
    of the files says why.
    """
    [(database,)] = con.execute(
        "select path from duckdb_databases() where database_name = current_database()"
    ).fetchall()
    copies = Path(database).parent / "extracts"
    found = []
    for extract in extracts_of(declared):
        for path, files in list(places(extract.candidate_paths).items())[:1]:
            place = path
            if is_of_reports(extract):
                reports = read_reports(extract, files)
                # All of them: the copy has them all, and `field` needs no other names.
                header = columns_of(extract) if any(one.shape for one in reports) else []
                place = str(copies / extract.connector / f"{extract.name}.parquet")
                write_rows(con, extract, reports, Path(place))
            else:
                header = header_of(path, files, extract.format)
                if header and path.endswith(".csv") and extract.format.encoding != "utf-8":
                    place = _as_utf_8(extract, Path(path), copies)
            found += [
                (extract.connector, extract.name, place, position, name)
                for position, name in enumerate(header, start=1)
            ]
    names = ["connector", "extract_name", "path", "column_position", "column_name"]
    frame = con.from_df(pd.DataFrame(found, columns=names, dtype="object"))
    columns = ", ".join(
        f"cast({name} as {'integer' if name == 'column_position' else 'varchar'}) as {name}"
        for name in names
    )
    return frame.project(columns)


def _as_utf_8(extract: Extract, path: Path, folder: Path) -> str:
    """Copy a CSV file to `folder` in UTF-8, which is all that DuckDB reads; return the copy's path.

    Text that is not in the declared encoding is replaced: the check of the files stops the build.
    """
    copy = folder / extract.connector / f"{extract.name}.csv"
    copy.parent.mkdir(parents=True, exist_ok=True)
    with (
        path.open(encoding=extract.format.codec, errors="replace", newline="") as read,
        copy.open("w", encoding="utf-8", newline="") as written,
    ):
        shutil.copyfileobj(read, written)
    return str(copy)


def check_headers(runner: Runner, readable: list[tuple[Scan, Extract]]) -> list[Finding]:
    """Return a finding per rule on the header of each readable extract.

    If a header is wrong, the scan's notes on rows are dropped: they follow from it.
    """
    rows = []
    declared = []
    for number, (scan, extract) in enumerate(readable):
        found = {column.name: extract.times_in(scan.header, column) for column in extract.columns}
        # An optional column that is missing is none to look for.
        columns = [
            column.name
            for column in extract.columns
            if found[column.name] or not column.is_optional
        ]
        declared.append((scan, columns))
        times = [found[name] for name in columns]
        rows += [
            # A name that stands twice where another is missing is one mistake.
            (number, column, count > 0, known(count, all(times)))
            for column, count in zip(columns, times, strict=True)
        ]
    if not rows:
        return []
    frame = pd.DataFrame(rows, columns=["scan", "column_name", "is_in_header", "times_in_header"])
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
    # All headers are asked about at once: to ask takes longer than to answer.
    broken = [
        (rule, frame.loc[row_ids].groupby("scan")["column_name"].agg(list).to_dict())
        for rule, row_ids in runner.unexpected(frame, rules)
    ]
    return [
        _finding(scan, columns, rule, wrong.get(number, []), readable[number][1].format.separator)
        for number, (scan, columns) in enumerate(declared)
        for rule, wrong in broken
    ]


def _finding(
    scan: Scan, declared: list[str], rule: Rule, columns: list[str], separator: str
) -> Finding:
    """Return the finding of a rule on an extract, of whose columns some break it."""
    finding = Finding(f"{scan.connector}.{scan.extract}", rule, row_count=len(declared))
    finding.row_ids, finding.keys = [declared.index(column) for column in columns], columns
    finding.sources = [scan.connector] * len(columns)
    finding.values = [None] * len(columns)
    if columns:
        shown = ", ".join(scan.header[:8]) + (", …" if len(scan.header) > 8 else "")
        verb = "is" if len(columns) == 1 else "are"
        wrong = "missing" if rule.name == "column_is_in_the_header" else "repeated"
        finding.explanation = (
            f"{len(columns)} of {len(declared)} columns {verb} {wrong} in {scan.path}: "
            f"{', '.join(columns[:EXAMPLES])}{', …' if len(columns) > EXAMPLES else ''}; "
            f"its header is: {_cut(shown)}{_separator_hint(scan.header, separator)}"
        )
        scan.forget_rows()
        if len(columns) == 1:
            finding.rule = replace(rule, column=columns[0])
    return finding


def _cut(text: str, length: int = 200) -> str:
    return text if len(text) <= length else text[:length] + "…"


def _separator_hint(header: list[str], separator: str) -> str:
    """Say which character seems to separate the values, if it is another than it should be."""
    names = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
    if len(header) <= 2:
        for character, name in names.items():
            if character != separator and any(character in column for column in header):
                wanted = names.get(separator, f"the character {separator}")
                return (
                    f" (separated by {name}; save the file with {wanted}, or, if all files of the "
                    "source have them, set its delimiter in extract_formats)"
                )
    return ""
