"""Find the rows behind the figures of a board, and keep as many of them as its page has room for.

A panel says which KPI its marks are a figure of (`figures` in its declaration), and the macros
`kpis.rows_of_<kpi>` list the rows of each figure. Here they become tables, one for each part of a
KPI: a row names its figure and, by its place, the record, which stands once on the page.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any

import duckdb

from boards.declaration import PANEL_TYPES, Board, BoardError, Column, Figure, Panel
from boards.packing import packed, packed_column, unpacked

# The latest periods whose rows a page holds, by their length; fewer, if the page has no room. All
# periods together are one more.
LEVELS = (
    {"month": 4, "quarter": 5, "year": 2, "all": 1},
    {"month": 2, "quarter": 2, "year": 2, "all": 1},
    {},
)
# Most rows of one part of a figure: those that add most.
MOST_ROWS = 50
# Records that no page holds: costs have the pay of people, and pages are mailed.
PRIVATE = ("cost",)
RECORD = ("type", "id", "name", "company", "amount", "stage", "url")


@dataclass(frozen=True)
class Part:
    """The numerator or the denominator of a variant of a KPI."""

    kpi: str
    variant: str
    part: str
    # A measure of an aggregate that has the rows too, if not all rows of the part are meant.
    measure: str | None = None
    # The columns by which its rows are told apart, besides their cut.
    where: tuple[str, ...] = ()
    # Whether the rows of all periods are meant.
    is_all: bool = False

    @property
    def name(self) -> str:
        """Return the name under which a page knows it."""
        parts = (self.kpi, self.variant, self.part, self.measure, *self.where)
        return " ".join(filter(None, (*parts, "all" if self.is_all else None)))


@dataclass
class Found:
    """The rows behind a board, as the published file has them."""

    kpis: dict[str, Any]
    # The rows of each part, each as a tuple, ordered by their figures.
    rows: dict[Part, list[tuple]]
    dimensions: dict[Part, list[str]]


def figures_of(panel: Panel) -> dict[str, Any] | None:
    """Return what a page must know to say of which figures a mark of the panel is."""
    if not panel.figures:
        return None
    return {
        "mark": next(iter(PANEL_TYPES[panel.type].key), None),
        "list": [vars(figure) for figure in panel.figures],
    }


def of_column(column: Column) -> dict[str, Any]:
    """Return what a page must know of a column, and of which figures its cells are."""
    found = {name: value for name, value in vars(column).items() if name != "figures"}
    figures = [vars(figure) for figure in column.figures]
    return found | ({"figures": {"list": figures}} if figures else {})


def find(con: duckdb.DuckDBPyConnection, board: Board, panels: list[dict[str, Any]]) -> Found:
    """Return the rows behind all figures of the marks of a board's panels."""
    wanted: dict[tuple[str, str], set[str]] = defaultdict(set)
    held: dict[tuple, set[str]] = defaultdict(set)
    defaults = dict(
        con.sql("select kpi, variant from kpis.kpi_variants where is_default").fetchall()
    )
    for panel, shown in zip(board.panels, panels, strict=True):
        for where, figure, row in _named(panel, shown):
            kpi = _filled(figure.kpi, row)
            if kpi not in defaults:
                raise BoardError(f"{where}, figures: there is no KPI {kpi!r}.")
            variant = _filled(figure.variant, row) if figure.variant else defaults[kpi]
            dimension = figure.dimension or row.get("dimension") or "all"
            if figure.measure and not _is_measure(con, figure.measure):
                raise BoardError(f"{where}, figures: there is no {figure.measure}.")
            wanted[kpi, variant].add(dimension)
            if figure.is_held:
                of = (figure.measure, tuple(figure.where), figure.period == "all")
                held[kpi, variant, figure.part, *of].add(dimension)
    kpis = _kpis(con, board, wanted, defaults)
    rows, dimensions = {}, {}
    starts = _starts(con)
    for of, names in _parts_of(held, kpis).items():
        entries = kpis[of.kpi]["variants"][of.variant]["parts"][of.part]
        # A measure cuts the rows of the whole.
        has_rows = [
            name for name in sorted(names) if _has_rows(entries, "all" if of.measure else name)
        ]
        if has_rows:
            dimensions[of] = has_rows
            rows[of] = _rows(con, of, has_rows, starts)
    return Found(kpis, rows, dimensions)


def on_page(found: Found, level: dict[str, int], periods: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what a page holds of the rows, as far back as `level` says."""
    held: dict[str, list[str | None]] = {
        grain: [each["start"] for each in periods if each["grain"] == grain][-count:]
        for grain, count in level.items()
    }
    if "all" in level:
        held["all"] = [None]
    kept = {
        part: [row for row in rows if row[1] in held.get(row[0], ())]
        for part, rows in found.rows.items()
    }
    records = {row[5:7]: row for rows in kept.values() for row in rows}
    of_records = {key: place for place, key in enumerate(sorted(records))}
    # A record on one of its days, with the owner that it had: it is behind several figures.
    entries = {_entry(row) for rows in kept.values() for row in rows}
    # Those of one day stand beside one another, so that a list of them is one of small steps.
    order = sorted(entries, key=lambda entry: (entry[0], entry[2] or "", entry[1], entry[3] or ""))
    places = {entry: place for place, entry in enumerate(order)}
    tables: dict[str, Any] = {}
    known: dict[str, str] = {}
    for part, rows in kept.items():
        table = _table(rows, places, part.where) | {"dimensions": found.dimensions[part]}
        text = json.dumps(table)
        # Two KPIs may be made of the same rows.
        tables[part.name] = known.setdefault(text, part.name)
        if tables[part.name] == part.name:
            tables[part.name] = table
    return {
        "kpis": found.kpis,
        "held": held,
        "most": MOST_ROWS,
        "records": _records([records[key] for key in of_records]),
        "entries": {
            "count": len(order),
            "columns": {
                "record": _steps([of_records[entry[:2]] for entry in order]),
                "day": packed_column([entry[2] for entry in order], "VARCHAR"),
                "owner": packed_column([entry[3] for entry in order], "VARCHAR"),
            },
        },
        "tables": tables,
    }


def _parts_of(held: dict[tuple, set[str]], kpis: dict[str, Any]) -> dict[Part, set[str]]:
    """Return the parts that the held figures have, and the dimensions in which they are meant."""
    found: dict[Part, set[str]] = defaultdict(set)
    for (kpi, variant, only, *of), dimensions in sorted(held.items(), key=str):
        for part in kpis[kpi]["variants"][variant]["parts"]:
            if only in (None, part):
                found[Part(kpi, variant, part, *of)] |= dimensions
    return found


def _named(panel: Panel, shown: dict[str, Any]) -> list[tuple[str, Figure, dict[str, Any]]]:
    """Return the figures of a panel's marks and cells: where they are declared, and which they are.

    With each come the cells of a row that name it.
    """
    mark = next(iter(PANEL_TYPES[panel.type].key), None)
    found = [
        (panel.where, *each) for each in _of_rows(panel.where, panel.figures, shown["rows"], mark)
    ]
    for column in panel.options.get("columns", []):
        where = f"{panel.where}, column {column.name}"
        found += [(where, *each) for each in _of_rows(where, column.figures, shown["rows"], None)]
    return found


def _of_rows(
    where: str, figures: tuple[Figure, ...], shown: dict[str, Any], mark: str | None
) -> list[tuple[Figure, dict[str, Any]]]:
    """Return figures, each with the cells of a row that name it; `mark` is the column of marks."""
    if not figures:
        return []
    columns = unpacked(shown)
    used = {mark, "dimension"}
    for figure in figures:
        texts = (figure.kpi, figure.variant, figure.dimension, figure.segment)
        for text in (*texts, *figure.where.values()):
            used |= set(re.findall(r"\{(\w+)\}", text or ""))
    for name in sorted(used - set(columns) - {mark, "dimension"}):
        raise BoardError(f"{where}, figures: the SQL gives no column {name!r}.")
    names = [name for name in sorted(used - {None}) if name in columns]
    rows = sorted(set(zip(*(columns[name] for name in names), strict=True)), key=str)
    rows = [dict(zip(names, row, strict=True)) for row in rows] if names else [{}]
    marked = {mark for figure in figures for mark in figure.marks}
    missing = marked - {row.get(mark) for row in rows}
    for name in sorted(missing if rows else ()):
        raise BoardError(f"{where}, figures: there is no mark {name!r}.")
    return [
        (figure, row)
        for row in rows
        for figure in figures
        if (row.get(mark) in figure.marks if figure.marks else row.get(mark) not in marked)
    ]


def _is_measure(con: duckdb.DuckDBPyConnection, name: str) -> bool:
    """Whether an aggregate lists the rows of a measure: its macro has a case for it."""
    aggregate, measure = name.split(".")
    found = con.execute(
        "select 1 from duckdb_functions() where schema_name = 'aggregates' "
        "and function_name = ? and contains(macro_definition, ?)",
        [f"{aggregate}_rows", f"'{measure}'"],
    )
    return found.fetchone() is not None


def _filled(text: str, row: dict[str, Any]) -> str:
    """Return a text with the cells of a row in its places."""
    return re.sub(r"\{(\w+)\}", lambda place: str(row[place[1]]), text)


def _kpis(
    con: duckdb.DuckDBPyConnection,
    board: Board,
    wanted: dict[tuple[str, str], set[str]],
    defaults: dict[str, str],
) -> dict[str, Any]:
    """Return names of KPIs and variants, and of their parts whether there are rows, or why not."""
    kpis: dict[str, Any] = {}
    for kpi, name_en, name_fr, variant, label_en, label_fr in con.sql(
        """
        select kpis.kpi, kpis.name_en, kpis.name_fr, variants.variant, variants.label_en,
            variants.label_fr
        from kpis.kpi_catalog as kpis
        inner join kpis.kpi_variants as variants on kpis.kpi = variants.kpi
        order by kpis.kpi, variants.place
        """
    ).fetchall():
        if (kpi, variant) in wanted:
            of = kpis.setdefault(
                kpi,
                {
                    "name": {"en": name_en, "fr": name_fr},
                    "variant": defaults[kpi],
                    "variants": {},
                },
            )
            of["variants"][variant] = {"label": {"en": label_en, "fr": label_fr}, "parts": {}}
    for kpi, variant in sorted(wanted):
        if variant not in kpis.get(kpi, {}).get("variants", {}):
            raise BoardError(f"{board.file}, figures: {kpi} has no variant {variant!r}.")
    parts = con.execute(
        """
        select
            kpi, variant, part, dimension, segment, any_value(why_no_rows_en),
            any_value(why_no_rows_fr), bool_or(coalesce(measure_sql like '%amount%', false)),
            bool_or(coalesce(list_contains(?, record_type), false))
        from kpis.kpi_rows_of
        group by all
        order by kpi, variant, part desc, dimension nulls first, segment nulls first
        """,
        [list(PRIVATE)],
    ).fetchall()
    for kpi, variant, part, dimension, segment, en, fr, is_amount, is_private in parts:
        if (kpi, variant) in wanted:
            entry: dict[str, Any] = {"unit": "amount" if is_amount else "count"}
            entry |= {"dimension": dimension} if dimension else {}
            entry |= {"segment": segment} if segment else {}
            entry |= {"why": {"en": en, "fr": fr}} if en else {}
            entry |= {"is_private": True} if is_private else {}
            kpis[kpi]["variants"][variant]["parts"].setdefault(part, []).append(entry)
    return kpis


def _has_rows(entries: list[dict[str, Any]], dimension: str) -> bool:
    """Whether a page can have rows of a part: what is said of a dimension goes before the rest."""
    own = [entry for entry in entries if entry.get("dimension") == dimension]
    own = own or [entry for entry in entries if "dimension" not in entry]
    return any("why" not in entry for entry in own) and not any("is_private" in e for e in own)


def _starts(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Return the first day of the oldest period that a page may hold, by the length."""
    return {
        grain: str(start)
        for grain, count in LEVELS[0].items()
        if grain != "all"
        for (start,) in con.execute(
            """
            select min(period_start) from (
                select period_start from marts.dim_periods
                where period_grain = ? and has_begun
                order by period_start desc
                limit ?
            ) as latest
            """,
            [grain, count],
        ).fetchall()
    }


def _rows(
    con: duckdb.DuckDBPyConnection, of: Part, dimensions: list[str], starts: dict[str, str]
) -> list[tuple]:
    """Return the rows of one part: those of each figure that add most, and how many there are."""
    own = dimensions[0] if len(dimensions) == 1 else None
    length = "year" if of.is_all else None
    rows = f"kpis.rows_of_{of.kpi}($variant, $part, $length, null, $own, null)"
    given = {"variant": of.variant, "part": of.part, "own": own, "length": length}
    if of.measure:
        # All rows of the KPI, in the cuts in which the measure has them.
        aggregate, measure = of.measure.split(".")
        given |= {"own": "all", "measure": measure, "dimension": own}
        rows = f"""(
            select counted.* replace (measured.dimension as dimension, measured.segment as segment)
            from {rows} as counted
            inner join (
                select distinct period_grain, period_start, dimension, segment, record_id
                from aggregates.{aggregate}_rows($measure, $length, null, $dimension, null)
            ) as measured using (period_grain, period_start, record_id)
        )"""
    period = ("'all'", "cast(null as varchar)")
    limit = "true"
    if not of.is_all:
        since = " ".join(f"when '{grain}' then date '{start}'" for grain, start in starts.items())
        period = ("period_grain", "cast(period_start as varchar)")
        limit = f"period_start >= case period_grain {since} end"
    cells = [f"coalesce({name}, '(none)')" for name in of.where]
    figure = ", ".join((*period, "dimension", "segment", *cells))
    return con.execute(
        f"""
        select
            {", ".join(period)}, dimension, segment, cast(record_date as varchar), record_type,
            record_id, record_name, company_name, record_amount, record_stage, record_url,
            owner_name, part_value, count(*) over figure, sum(part_value) over figure
            {"".join(f", {cell}" for cell in cells)}
        from {rows}
        where {limit} and list_contains($dimensions, dimension)
        window figure as (partition by {figure})
        qualify row_number() over (
            partition by {figure}
            order by
                abs(part_value) desc, record_date desc nulls last, record_type, record_id,
                owner_name
        ) <= {MOST_ROWS}
        order by period_grain, dimension, period_start, segment
        """,
        given | {"dimensions": dimensions},
    ).fetchall()


def _entry(row: tuple) -> tuple:
    """Return the record of a row, its day and its owner."""
    return (row[5], row[6], row[4], row[12])


def _figure_of(row: tuple) -> tuple:
    """Return what tells the figure of a row from others: period, cut, and cells of its rows."""
    return (*row[:4], *row[16:])


def _steps(places: list[int]) -> dict[str, list[int]]:
    """Return places as steps from one to the next: many are small, and so are alike."""
    return {"steps": [place - before for before, place in pairwise([0, *places])]}


def _table(rows: list[tuple], places: dict[tuple, int], where: tuple[str, ...]) -> dict[str, Any]:
    """Return rows as columns, and how many there are behind figures that have more."""
    figure = ("period_grain", "period_start", "dimension", "segment", *where)
    placed = [(*_figure_of(row), places[_entry(row)], row[13]) for row in rows]
    placed.sort(key=lambda row: (row[0], row[2], row[1], *row[3:-1]))
    columns = _columns((*figure, "entry", "part"), placed)
    table = {name: packed_column(columns[name], "VARCHAR") for name in figure}
    table["entry"] = _steps(columns["entry"])
    parts = _parts(columns["entry"], columns["part"])
    larger = sorted(
        {(*_figure_of(row), *row[14:16]) for row in rows if row[14] > MOST_ROWS}, key=str
    )
    more = _columns((*figure, "count", "sum"), larger)
    kinds = dict.fromkeys(figure, "VARCHAR") | {"count": "BIGINT", "sum": "DECIMAL"}
    return {
        "rows": {"count": len(rows), "columns": table},
        "parts": parts,
        "larger": packed(more, kinds),
    }


def _parts(entries: tuple[int, ...], parts: tuple[Decimal, ...]) -> dict[str, Any] | None:
    """Return what rows add: once for each entry, and again where a row of it adds something else.

    An entry mostly adds the same to a month, a quarter and each of its segments. None: all add 1.
    """
    if all(part == 1 for part in parts):
        return None
    usual: dict[int, Decimal] = {}
    for entry, part in zip(entries, parts, strict=True):
        usual.setdefault(entry, part)
    other = [place for place, entry in enumerate(entries) if parts[place] != usual[entry]]
    return {
        "usual": packed_column([usual[entry] for entry in sorted(usual)], "DECIMAL")["numbers"],
        "places": _steps(other)["steps"],
        "others": packed_column([parts[place] for place in other], "DECIMAL")["numbers"],
    }


def _columns(names: tuple[str, ...], rows: list[tuple]) -> dict[str, tuple]:
    """Return rows as columns under their names."""
    return dict(zip(names, zip(*rows, strict=True) if rows else [()] * len(names), strict=True))


def _records(rows: list[tuple]) -> dict[str, Any]:
    """Return records as columns; an address is kept if it is not made of the id as others are."""
    cells = [(row[5], row[6], row[7], row[8], row[9], row[10], row[11]) for row in rows]
    beginnings: dict[str, str] = {}
    for kind, record_id, *_, url in cells:
        own = record_id.rsplit(":", 1)[-1]
        if url and url.endswith(own):
            beginnings.setdefault(kind, url[: -len(own)])
    kept = [
        (*cell[:6], None if cell[6] == _address(beginnings, *cell[:2]) else cell[6] or "")
        for cell in cells
    ]
    columns = _columns(RECORD, kept)
    kinds = {"amount": "DECIMAL"}
    return {
        "beginnings": beginnings,
        "count": len(kept),
        "columns": {
            name: {"values": list(values)}
            if name in ("id", "name")
            else packed_column(values, kinds.get(name, "VARCHAR"))
            for name, values in columns.items()
        },
    }


def _address(beginnings: dict[str, str], kind: str, record_id: str) -> str | None:
    """Return the address of a record if it is made of its id as others are."""
    beginning = beginnings.get(kind)
    return None if beginning is None else beginning + record_id.rsplit(":", 1)[-1]
