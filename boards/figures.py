"""Ask the published file for the figures of a board, and pack them for its page.

A page holds every row that its controls can show.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import duckdb

from boards import behind
from boards.declaration import (
    GRAINS,
    PANEL_TYPES,
    Board,
    BoardError,
    Panel,
    check_columns,
    check_named_facts,
)
from boards.packing import packed, plain

# How many periods a page goes back, by their length.
HISTORY = {"month": 36, "quarter": 16, "year": 6}
# The columns that controls pick by.
_CONTROLLED = ("period_grain", "period_start", "dimension", "segment")
# Most rows behind the marks of one panel that a page takes.
MOST_ROWS = 20_000


def connect(published: Path) -> duckdb.DuckDBPyConnection:
    """Open a published file for reading.

    Raises `BoardError` if there is none, or if it cannot be opened.
    """
    if not published.exists():
        raise BoardError(f"{published} is not there: run `make build` first.")
    try:
        return duckdb.connect(str(published), read_only=True)
    except duckdb.Error as error:
        raise BoardError(f"{published} cannot be opened: {error}") from error


def of_board(con: duckdb.DuckDBPyConnection, board: Board) -> dict[str, Any]:
    """Return all that the page of a board shows, ready for JSON."""
    publication = of_publication(con)
    periods = of_periods(con)
    panels = [of_panel(con, board, panel, periods) for panel in board.panels]
    return {
        "board": board.name,
        "title": board.title,
        "question": board.question,
        "grain": board.grain,
        "publication": publication,
        "periods": periods,
        "cuts": of_cuts(con, board, panels),
        "segments": of_segments(con, board),
        "panels": panels,
    }


def of_publication(con: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """Return the day of the report, the reporting currency and the moment of publication."""
    [row] = con.sql(
        "select reporting_date, reporting_currency, published_at, fiscal_year_start_month "
        "from kpis.publication"
    ).fetchall()
    reporting_date, currency, published_at, first_month = row
    return {
        "reporting_date": str(reporting_date),
        "currency": currency,
        "published_at": plain(published_at),
        "first_month": first_month,
    }


def of_periods(con: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Return the periods that a reader can choose, oldest first, by their length."""
    rows = con.sql(
        """
        select
            period_grain, period_start, period_end, previous_period_start, previous_year_start,
            is_over, is_latest_whole,
            row_number() over (partition by period_grain order by period_start desc) as age
        from marts.dim_periods
        where has_begun
        order by period_grain, period_start
        """
    ).fetchall()
    return [
        {
            "grain": grain,
            "start": str(start),
            "end": str(end),
            "previous": str(previous),
            "year_before": str(year_before),
            "is_over": is_over,
            "is_latest_whole": is_latest,
        }
        for grain, start, end, previous, year_before, is_over, is_latest, age in rows
        if grain in GRAINS and age <= HISTORY[grain]
    ]


def of_panel(
    con: duckdb.DuckDBPyConnection, board: Board, panel: Panel, periods: list[dict[str, Any]]
) -> dict[str, Any]:
    """Return a panel with its rows."""
    sql = f"select * from (\n{panel.sql.rstrip().rstrip(';')}\n) as of_panel"
    types = _types(con, panel, sql)
    check_columns(panel, list(types))
    limits, parameters = [], []
    if "period_grain" in types:
        limits.append(f"period_grain in ({', '.join(['?'] * len(GRAINS))})")
        parameters += GRAINS
    if "dimension" in types:
        cuts = ["all", *board.cuts]
        limits.append(f"dimension in ({', '.join(['?'] * len(cuts))})")
        parameters += cuts
    if "period_grain" in types and "period_start" in types:
        # A page goes back so far, and forward as far as the figures do.
        first = {grain: _first(periods, grain) for grain in GRAINS}
        limits.append(
            "period_start >= case period_grain "
            + " ".join(f"when '{grain}' then date '{day}'" for grain, day in first.items() if day)
            + " end"
        )
    where = f" where {' and '.join(limits)}" if limits else ""
    rows = _fetch(con, panel, f"{sql}{where} order by all", parameters)
    columns = dict(zip(types, zip(*rows, strict=True) if rows else [()] * len(types), strict=True))
    _check_key(panel, columns)
    check_named_facts(panel, {name: set(map(str, of)) for name, of in columns.items()})
    found = {
        "id": panel.id,
        "type": panel.type,
        "width": panel.width,
        "height": panel.height,
        "name": panel.name,
        "title": panel.title,
        "subtitle": panel.subtitle,
        "note": panel.note,
        "unit": panel.unit,
        "controls": panel.controls,
        "options": {
            name: list(map(behind.of_column, option)) if name == "columns" else option
            for name, option in panel.options.items()
        },
        "rows": packed(columns, types),
    }
    if panel.rows:
        found["behind"] = _behind(con, board, panel, set(columns.get("dimension", ())))
    if panel.figures:
        found["figures"] = behind.figures_of(panel)
    return found


def _check_key(panel: Panel, columns: dict[str, tuple]) -> None:
    """Refuse SQL that gives two rows for one mark: a join has multiplied them."""
    names = [*PANEL_TYPES[panel.type].key, *_CONTROLLED]
    names = [name for name in names if name in columns]
    if not PANEL_TYPES[panel.type].key:
        return
    seen = Counter(zip(*(columns[name] for name in names), strict=True))
    for values, count in seen.most_common(1):
        if count > 1:
            said = ", ".join(f"{name} {value}" for name, value in zip(names, values, strict=True))
            raise BoardError(f"{panel.where}: the SQL gives {count} rows for {said}.")


def _behind(
    con: duckdb.DuckDBPyConnection, board: Board, panel: Panel, dimensions: set[str]
) -> dict[str, Any]:
    """Return the rows behind the marks of a panel, which is known by these dimensions."""
    of = panel.rows
    sql = f"select * from (\n{of.sql.rstrip().rstrip(';')}\n) as of_rows"
    types = _types(con, panel, sql)
    needed = {column.name for column in of.columns} | set(of.match)
    needed |= {column.link for column in of.columns if column.link}
    needed |= {name for name in (of.date, of.day, of.measure) if name}
    if panel.controls.get("cut"):
        needed |= dimensions & set(board.cuts)
    for name in sorted(needed - set(types)):
        raise BoardError(
            f"{panel.where}, rows: the SQL gives no column {name!r}; "
            f"it gives {', '.join(sorted(types))}."
        )
    rows = _fetch(con, panel, f"{sql} order by all", [])
    if len(rows) > MOST_ROWS:
        raise BoardError(f"{panel.where}, rows: {len(rows)} rows are more than {MOST_ROWS}.")
    columns = dict(zip(types, zip(*rows, strict=True) if rows else [()] * len(types), strict=True))
    return {
        "columns": list(map(behind.of_column, of.columns)),
        "date": of.date,
        "day": of.day,
        "match": of.match,
        "measure": of.measure,
        "rows": packed(columns, types),
    }


def of_cuts(
    con: duckdb.DuckDBPyConnection, board: Board, panels: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Return the cuts of a board, and of each the segments that one of its panels has."""
    found: dict[str, set[str]] = {cut: set() for cut in board.cuts}
    for panel in panels:
        rows = panel["rows"]["columns"]
        if "cut" not in panel["controls"]:
            continue
        dimensions, segments = rows["dimension"], rows["segment"]
        for d, s in set(zip(dimensions["places"], segments["places"], strict=True)):
            dimension, segment = dimensions["texts"][d], segments["texts"][s]
            if dimension in found:
                found[dimension].add(segment)
    for cut, segments in found.items():
        if not segments:
            raise BoardError(f"{board.file}: no panel has rows by the cut {cut!r}.")
    labels = labels_of(con)
    return [
        {
            "dimension": cut,
            "label": labels.get((cut, None)) or {"en": cut, "fr": cut},
            "note": board.cut_notes.get(cut),
            "segments": sorted(
                (
                    {"segment": segment, **labels.get((cut, segment), _own(segment))}
                    for segment in segments
                ),
                key=lambda each: (each["order"], each["en"].casefold()),
            ),
        }
        for cut, segments in found.items()
    ]


def of_segments(con: duckdb.DuckDBPyConnection, board: Board) -> dict[str, dict[str, Any]]:
    """Return the words of the segments that panels show, by dimension and segment."""
    shown = set(board.cuts)
    for panel in board.panels:
        shown |= {panel.options.get("dimension"), panel.options.get("split")}
        columns = [*panel.options.get("columns", []), *(panel.rows.columns if panel.rows else [])]
        shown |= {column.dimension for column in columns}
    found: dict[str, dict[str, Any]] = {}
    for (dimension, segment), label in labels_of(con).items():
        if segment is not None and dimension in shown:
            found.setdefault(dimension, {})[segment] = label
    return found


def labels_of(con: duckdb.DuckDBPyConnection) -> dict[tuple[str, str | None], dict[str, Any]]:
    """Return the words and the order of each segment, and under (dimension, None) of each cut."""
    found: dict[tuple[str, str | None], dict[str, Any]] = {}
    for dimension, segment, of_dimension, of_segment, order in con.sql(
        """
        select
            dimension, segment, [dimension_label_en, dimension_label_fr], [label_en, label_fr],
            segment_order
        from kpis.dim_segments
        order by dimension, segment
        """
    ).fetchall():
        found[dimension, None] = dict(zip(("en", "fr"), of_dimension, strict=True))
        found[dimension, segment] = dict(zip(("en", "fr"), of_segment, strict=True)) | {
            "order": order
        }
    return found


def _own(segment: str) -> dict[str, Any]:
    """Return the label of a segment that has no other words: it is its own, empty ones last."""
    return {"en": segment, "fr": segment, "order": 1 if segment.startswith("(") else 0}


def _first(periods: list[dict[str, Any]], grain: str) -> str | None:
    return next((period["start"] for period in periods if period["grain"] == grain), None)


def _types(con: duckdb.DuckDBPyConnection, panel: Panel, sql: str) -> dict[str, str]:
    """Return the columns of a query with their types."""
    rows = _fetch(con, panel, f"describe {sql}", [])
    return {row[0]: row[1] for row in rows}


def _fetch(con: duckdb.DuckDBPyConnection, panel: Panel, sql: str, parameters: list) -> list[tuple]:
    """Return the rows of a query; a fault of its SQL names the panel."""
    try:
        return con.execute(sql, parameters).fetchall()
    except duckdb.Error as error:
        first = str(error).strip().splitlines()[0]
        raise BoardError(f"{panel.where}: the SQL fails: {first}") from error
