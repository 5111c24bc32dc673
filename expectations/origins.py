"""Where a broken cell came from: the column of the vendor's file, and the lines in which it stands.

The gate speaks of the input contract; who mends a row looks for it in the export. The models of a
connector only rename columns and read cells, so that their text tells which column of which extract
became a column of an input. A cell that cannot be read is passed on as it was, so that its value
finds the line again.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from expectations.rules import ACCEPTED_RULE
from expectations.runner import EXAMPLES, Finding
from expectations.scans import IN_DATABASE

ROOT = Path(__file__).resolve().parents[1]
CONNECTORS = ROOT / "models" / "connectors"
# A column that is made of more columns than these has no one place.
FEW = 3
# … and is not looked for if there are more than these.
MANY = 8
# The column of a report that has the headings above a row.
HEADINGS = "report_headings"
# How rules are called that a cell breaks whatever else stands in its row.
OF_THE_CELL = (
    "key_is_not_null",
    "is_filled",
    "is_a_day_like",
    "is_a_moment_like",
    "is_a_number",
    "is_a_whole_number",
    "is_an_id",
    "is_known_in_",
    "is_one_of_",
    "is_true_or_false",
)
# A macro of a connector may call another one.
NESTED_MACROS = 2
# A file larger than this is not read again to find a line.
LARGEST_FILE = 200_000_000
BLANKS = " \t\r\n\u00a0\u200b\u202f\ufeff"
# Words of SQL that name no column, and arguments that say how a cell is read.
WORDS = re.compile(
    "and|as|asc|between|by|case|cast|coalesce|date|decimal|desc|distinct|else|end|false|first|from|in|"
    "integer|is|last|not|null|nulls|or|order|over|partition|select|then|true|varchar|when"
)
ARGUMENTS = re.compile(
    r", (?:currency|declared_as|format|zone)=(?:[^()]|\((?:[^()]|\([^()]*\))*\))*"
)
# Macros that read a cell as the setting says.
FORMATTED = re.compile(r"\b(day_of|moment_of|money)\(")
COMMENTS = re.compile(r"\{#.*?#\}|--[^\n]*", re.DOTALL)


@dataclass(frozen=True)
class Place:
    """A column of an extract; `path` is the file, the table or the copy of reports that has it."""

    extract: str
    path: str
    column: str

    @property
    def name(self) -> str:
        """The file or table as its owner calls it."""
        table = self.path.partition(IN_DATABASE)[2]
        return table or Path(self.path.removesuffix("/*.parquet")).name


# -- which columns of which extracts ---------------------------------------------------------------


def sources_of(connector: str, table: str, column: str, folder: Path) -> list[tuple[str, str]]:
    """Return the extracts and their declared columns that become a column of an input table."""
    models = {path.stem: path for path in (folder / connector).rglob("*.sql")}
    macros = _macros(folder.parents[1] / "macros", (connector, "ledgers"))
    seen: set[tuple[str, str]] = set()
    found: dict[tuple[str, str], None] = {}

    def visit(model: str, name: str) -> None:
        if model not in models or (model, name) in seen:
            return
        seen.add((model, name))
        text = _text(models[model])
        for _ in range(NESTED_MACROS):
            text += "".join(
                body for macro, body in macros.items() if f"{macro}(" in text and body not in text
            )
        [extract] = re.findall(rf"extract\('{connector}', '(\w+)'\)", text)[:1] or [""]
        parents = list(dict.fromkeys(re.findall(r"ref\('(\w+)'\)", text)))
        expressions = list(_expressions(text, name))
        for expression in expressions or [name]:
            fields = re.findall(r"field\((?:\w+, )?'([^']+)'", expression)
            if fields and extract:
                found.update(((extract, field), None) for field in fields)
                continue
            for relation, other in _identifiers(expression):
                found.update((place, None) for place in _united(text, other))
                # A connector that reads no columns by `field` names them as they are.
                if extract and "field(" not in text and expression.strip(' "') == other:
                    found[extract, other] = None
                parent = _relation_of(text, relation)
                if other != name and not parent:
                    visit(model, other)
                for ref in [parent] if parent else parents:
                    visit(ref, other)

    visit(f"{connector}__{table}", column)
    return list(found)


def _macros(folder: Path, names: tuple[str, ...]) -> dict[str, str]:
    """Return the text of the macros that are a part of models, by name."""
    found = {}
    for path in (folder / f"{name}.sql" for name in names):
        text = _text(path) if path.is_file() else ""
        for name, body in re.findall(r"macro (\w+)\([^)]*\) -?%\}(.*?)endmacro", text, re.DOTALL):
            found[name] = body
    return found


def _relation_of(text: str, name: str) -> str:
    """Return the model that a name before a column stands for, if the text says so at once."""
    if not name:
        return ""
    cte = re.search(
        rf"\b{name} as \(\s*select\s+(?:\*,?|\w+,)[^()]*?from \{{\{{ ref\('(\w+)'\)",
        text,
        re.DOTALL,
    )
    alias = re.search(rf"ref\('(\w+)'\) \}}\}} as {name}\b", text)
    return (alias or cte)[1] if alias or cte else ""


def _text(path: Path) -> str:
    """Return the text of a model without comments."""
    return COMMENTS.sub("", path.read_text(encoding="utf-8"))


def _expressions(text: str, name: str) -> Iterator[str]:
    """Yield what stands before `as name`, back to the comma or the word before the expression.

    A column that keeps its name is an expression, too.
    """
    for relation in re.findall(rf"(?:select|,)\s+(\w+\.|){re.escape(name)}(?=,|\s*\n)", text):
        yield relation + name
    for match in re.finditer(rf"\bas {re.escape(name)}\b(?!\()", text):
        depth, start = 0, match.start()
        while start > 0:
            start -= 1
            sign = text[start]
            if sign in ")}":
                depth += 1
            elif sign in "({":
                depth -= 1
            if depth < 0 or (depth == 0 and sign == ","):
                break
            if depth == 0 and re.match(r"(?:select|distinct)\s", text[start:]):
                start += len("select")
                break
        yield ARGUMENTS.sub("", text[start + 1 : match.start()]).strip()


def _identifiers(expression: str) -> list[tuple[str, str]]:
    """Return the columns that an expression names, each with the relation that stands before it."""
    # A macro may be given the name of a column as text.
    plain = re.sub(r"(\w+\()'([A-Za-z_][\w.]*)'", r"\1 \2 ", expression)
    plain = re.sub(r"'[^']*'|\{%.*?%\}", "", plain)
    names = re.findall(r'(?:\b(\w+)\.)?"?\b([A-Za-z_]\w*)\b"?(?!\s*[(.])', plain)
    return [pair for pair in dict.fromkeys(names) if not WORDS.fullmatch(pair[1])]


def _united(text: str, name: str) -> Iterator[tuple[str, str]]:
    """Yield what the lists of `united_extracts` say of a column."""
    for extract, columns in re.findall(r"'(\w+)': \{([^{}]*)\}", text):
        listed = dict(re.findall(r"'(\w+)':\s*'([^']+)'", columns))
        if name in listed:
            yield extract, listed[name]


# -- where they are --------------------------------------------------------------------------------


def loose(name: str) -> str:
    """Return a name as `field` compares it, but for loaders' prefixes."""
    return re.sub(r"[\W_]", "", name.lower())


def places_of(
    con: duckdb.DuckDBPyConnection, connector: str, table: str, column: str, folder: Path
) -> list[Place]:
    """Return the columns, under the names that the files have, that become a column of an input."""
    found = []
    for extract, declared in sources_of(connector, table, column, folder):
        headers = con.execute(
            "select path, column_name from quality.extract_headers "
            "where connector = ? and extract_name = ? order by column_position",
            [connector, extract],
        ).fetchall()
        names = {loose(name): (path, name) for path, name in reversed(headers)}
        others = con.execute(
            "select other_names from quality.extracts "
            "where connector = ? and extract_name = ? and lower(column_name) = lower(?)",
            [connector, extract, declared],
        ).fetchall()
        candidates = [declared, *(name for [text] in others for name in (text or "").split("|"))]
        path, name = next(
            (names[loose(candidate)] for candidate in candidates if loose(candidate) in names),
            ("", ""),
        )
        if path:
            found.append(Place(extract, path, name))
    return list(dict.fromkeys(found))


@dataclass(frozen=True)
class Sought:
    """The rows to look for: by the values of cells, or by keys with the values that they have."""

    values: frozenset[str]
    key: Place | None = None
    by_key: dict[str, str] = field(default_factory=dict)


# The lines, by file.
Lines = dict[str, list[int]]


def lines_of(
    con: duckdb.DuckDBPyConnection, connector: str, places: list[Place], sought: Sought
) -> Lines:
    """Return the lines, by file, of the rows that are looked for.

    Where there are several places, all of one file, each has an empty cell where an empty one is
    looked for, and the first of them a value; a heading counts where all others are empty.
    """
    *others, place = places
    if place.path.endswith(".csv"):
        lines = _lines_of_csv(con, connector, places, sought)
        return {place.name: lines} if lines else {}
    if sought.key or not _is_of_reports(con, place):
        return {}
    cells = {
        one.column: "coalesce(trim(cast(\"{}\" as varchar)), '')".format(
            one.column.replace('"', '""')
        )
        for one in places
    }
    empty = "".join(f" and {cells[other.column]} = ''" for other in others)
    found: Lines = {}
    for file, line in con.execute(
        "select report_file, cast(report_line as integer) from read_parquet($path) "
        f"where {cells[place.column]} in (select unnest($values)){empty} order by 1, 2",
        {"path": place.path, "values": sorted(sought.values)},
    ).fetchall():
        found.setdefault(file, []).append(line)
    return found


def _is_of_reports(con: duckdb.DuckDBPyConnection, place: Place) -> bool:
    """Return whether a file is the copy of reports, which knows the place of each row."""
    if not place.path.endswith(".parquet") or not Path(place.path).is_file():
        return False
    columns = {
        row[0]
        for row in con.execute(
            "describe select * from read_parquet($path)", {"path": place.path}
        ).fetchall()
    }
    return {"report_file", "report_line"} <= columns


def _lines_of_csv(
    con: duckdb.DuckDBPyConnection, connector: str, places: list[Place], sought: Sought
) -> list[int]:
    """Return the lines of a CSV file of the rows that are looked for.

    Where a key has several rows, those count that have the value, if there are any.
    """
    *others, place = places
    path = Path(place.path)
    if not path.is_file() or path.stat().st_size > LARGEST_FILE:
        return []
    exact, alike = [], []
    for number, row in _rows_of_csv(con, connector, place):
        cell = row.get(place.column, "")
        if any(row.get(other.column) for other in others):
            continue
        if not sought.key:
            if cell in sought.values:
                exact.append(number)
        elif (key := row.get(sought.key.column, "")) in sought.by_key:
            (exact if sought.by_key[key] == cell else alike).append(number)
    return exact or alike


def _rows_of_csv(
    con: duckdb.DuckDBPyConnection, connector: str, place: Place
) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the rows of a CSV file below its header, each with the line that it begins in."""
    [(delimiter, quote)] = con.execute(
        "select any_value(delimiter), any_value(quote_mark) from quality.extracts "
        "where connector = ? and extract_name = ?",
        [connector, place.extract],
    ).fetchall()
    separator = {"tab": "\t"}.get(delimiter, delimiter) or ","
    header: list[str] = []
    with Path(place.path).open(encoding="utf-8-sig", errors="replace", newline="") as content:
        rows = csv.reader(content, delimiter=separator, quotechar=quote or '"')
        number = 1
        for row in rows:
            cells = [cell.strip(BLANKS) for cell in row]
            if header and row:
                yield number, dict(zip(header, cells, strict=False))
            elif any(cells):
                header = cells
            number = rows.line_num + 1


# -- what is said ----------------------------------------------------------------------------------


def files_of(con: duckdb.DuckDBPyConnection, folder: Path = CONNECTORS) -> frozenset[str]:
    """Return the sources whose cells are read from text as `extract_formats` says it is written.

    A connector that passes its cells on as they are reads none of them.
    """
    if not _knows_extracts(con):
        return frozenset()
    found = con.execute("select distinct connector, path from quality.extract_headers").fetchall()
    return frozenset(
        source
        for source, path in found
        if (path.endswith(".csv") or (Path(path).parent.name == source and "/extracts/" in path))
        and any(FORMATTED.search(_text(model)) for model in (folder / source).rglob("*.sql"))
    )


def _knows_extracts(con: duckdb.DuckDBPyConnection) -> bool:
    """Return whether the build has looked at the files."""
    [[is_known]] = con.execute(
        "select count(*) = 2 from information_schema.tables "
        "where table_catalog = current_database() and table_schema = 'quality' "
        "and table_name in ('extract_headers', 'extracts')"
    ).fetchall()
    return is_known


def add_origins(
    con: duckdb.DuckDBPyConnection, findings: Iterable[Finding], folder: Path = CONNECTORS
) -> None:
    """Say of the findings on rows in which column and line of which file the cells stand."""
    if not _knows_extracts(con):
        return
    for finding in findings:
        # A row whose parent was rejected is right; the parent's finding says where that is.
        if finding.is_met or not finding.rule.column or finding.rule.name.startswith(ACCEPTED_RULE):
            continue
        for source in dict.fromkeys(finding.sources):
            places = places_of(con, source, finding.table, finding.rule.column, folder)
            if not 0 < len(places) <= MANY:
                continue
            of_source = finding.of_source(source)
            found: dict[tuple[Place, ...], Lines] = {}
            # Where most rows are wrong, the column is, and no line of it.
            groups = [] if of_source.is_wrong_in_most_rows else _groups(places, of_source)
            for group in groups:
                # One alone of several columns may be missing.
                for tried in dict.fromkeys([group, *((place,) for place in group)]):
                    sought = _sought(con, of_source, source, tried[-1], folder)
                    lines = lines_of(con, source, list(tried), sought) if sought else {}
                    if lines:
                        found[tried] = lines
                        break
                    if any(of_source.values):
                        break
            said = _said(con, source, finding.rule.column, places, found)
            if said:
                finding.origin[source] = f"; {said}"
            if 0 < len(found) <= FEW:
                finding.is_found_in_file.add(source)


def _groups(places: list[Place], finding: Finding) -> list[tuple[Place, ...]]:
    """Return the places, those together that are empty together; a heading is the last resort."""
    is_empty = not any(finding.values)
    groups: dict[str, list[Place]] = {}
    for place in places:
        groups.setdefault(place.path, []).append(place)
    found: list[tuple[Place, ...]] = []
    for group in groups.values():
        if is_empty:
            found.append(tuple(group))
            continue
        headings = [place for place in group if place.column == HEADINGS]
        rest = [place for place in group if place not in headings]
        found += [(place,) for place in rest] + [(*rest, place) for place in headings]
    return found


def _sought(
    con: duckdb.DuckDBPyConnection, finding: Finding, source: str, place: Place, folder: Path
) -> Sought | None:
    """Return by what the rows of a finding can be found in a file; None if by nothing."""
    values = [value or "" for value in finding.values]
    is_of_key = finding.rule.column in finding.key_columns
    [key_column] = finding.key_columns if len(finding.key_columns) == 1 else [""]
    keys = places_of(con, source, finding.table, key_column, folder) if key_column else []
    key = next((key for key in keys if key.path == place.path), None)
    if key and place.path.endswith(".csv") and all(finding.keys) and not is_of_key:
        return Sought(frozenset(), key, dict(zip(finding.keys, values, strict=True)))
    # A value that is wrong in itself is wrong wherever it stands.
    if (is_of_key and key_column) or finding.rule.name.startswith(OF_THE_CELL):
        return Sought(frozenset(values))
    return None


def _said(
    con: duckdb.DuckDBPyConnection,
    source: str,
    column: str,
    places: list[Place],
    found: dict[tuple[Place, ...], Lines],
) -> str:
    """Say where cells stand: by line if that is known, else by the names of columns."""
    if 0 < len(found) <= FEW:
        return " and ".join(
            f"{_headers(con, source, column, group, file)}in {file}, {_lines(lines)}"
            for group, files in found.items()
            for file, lines in files.items()
        )
    if len(places) > FEW:
        return ""
    names = [
        f"{place.column} of {place.name}"
        for place in places
        if loose(place.column) != loose(column) and not _is_of_reports(con, place)
    ]
    return "read from " + " or ".join(names) if len(names) == len(places) else ""


def _lines(lines: list[int]) -> str:
    """Return up to five lines."""
    more = ", …" if len(lines) > EXAMPLES else ""
    return f"line{'s' if lines[1:] else ''} {', '.join(map(str, lines[:EXAMPLES]))}{more}"


def _headers(
    con: duckdb.DuckDBPyConnection,
    source: str,
    column: str,
    group: tuple[Place, ...],
    file: str,
) -> str:
    """Return the headers of columns, unless they are the name that the message has said already."""
    names = []
    for place in group:
        name = "heading" if place.column == HEADINGS else place.column
        seed = ROOT / "seeds" / "reference" / f"{source}_columns.csv"
        if place.extract == source and seed.is_file() and _is_of_reports(con, place):
            [[shape]] = con.execute(
                "select any_value(report_shape) from read_parquet($path) where report_file = $file",
                {"path": place.path, "file": file},
            ).fetchall()
            with seed.open(encoding="utf-8", newline="") as lines:
                headers = [
                    row["header"]
                    for row in csv.DictReader(lines)
                    if (row["platform"], row["column_name"]) == (shape, place.column)
                ]
            name = " or ".join(headers) or name
        names.append(name)
    said = " or ".join(dict.fromkeys(names))
    return "" if loose(said) == loose(column) else f"{said} "
