"""Read the declaration of a board, and say in one sentence what is wrong with it.

A board is one YAML file of this folder: its titles, its cuts and its panels. README.md explains
each key. A fault raises a `BoardError` that names the file and the panel.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from boards.patterns import PatternError, facts_of

FOLDER = Path(__file__).parent
LANGUAGES = ("en", "fr")
GRAINS = ("month", "quarter", "year")
UNITS = {
    "amount", "count", "share", "percent", "ratio", "days", "months", "years", "seconds", "points",
    "score", "text", "date",
}  # fmt: skip
# How a control may pick the rows of a panel.
CONTROLS = {
    "grain": {"pick"},
    "period": {"pick", "until"},
    "cut": {"pick", "split"},
}
# The columns that a control reads.
CONTROL_COLUMNS = {
    "grain": {"period_grain"},
    "period": {"period_start"},
    "cut": {"dimension", "segment"},
}


class BoardError(Exception):
    """A board that cannot be made; the message names the file, the panel and the fault."""


@dataclass(frozen=True)
class PanelType:
    """All that a panel of one type must and may declare, and the facts of its title."""

    columns: frozenset[str]
    facts: frozenset[str]
    # The columns that tell the marks of one choice apart.
    key: tuple[str, ...]
    may_have: frozenset[str] = frozenset()
    options: frozenset[str] = frozenset()
    # Whether the values of a column are facts too, under the names that they have there.
    facts_by: str | None = None
    needs_unit: bool = True


def _type(
    columns: str,
    facts: str = "",
    *,
    key: str = "",
    may_have: str = "",
    options: str = "",
    facts_by: str | None = None,
    needs_unit: bool = True,
) -> PanelType:
    """Return a panel type from lists of names separated by blanks."""
    return PanelType(
        frozenset(columns.split()),
        frozenset(facts.split()) | {"period", "previous_period", "segment", "split"},
        tuple(key.split()),
        frozenset(may_have.split()),
        frozenset(options.split()),
        facts_by,
        needs_unit,
    )


PANEL_TYPES = {
    "tiles": _type(
        "kpi name_en name_fr unit value is_provisional null_reason",
        key="kpi",
        may_have="kpi_order target status direction",
        options="formats",
        needs_unit=False,
    ),
    "waterfall": _type(
        "step label_en label_fr step_kind step_order value",
        "start end change change_share up up_label down down_label",
        key="step",
        may_have="is_provisional",
        facts_by="step",
    ),
    "funnel": _type(
        "step label_en label_fr step_order value",
        "first last rate weakest_from weakest_to weakest_rate",
        key="step",
        may_have="is_provisional",
        facts_by="step",
    ),
    "bars": _type(
        "category value",
        "best best_label worst worst_label total best_share best_change count",
        key="category",
        may_have="label_en label_fr category_order compared_value is_provisional null_reason "
        "is_archived weight",
        options="compare order most split dimension",
    ),
    "trend": _type(
        "series value",
        "last last_label previous change change_share first since_first since_first_share "
        "first_period highest_label highest lowest_label lowest total",
        key="series period_start",
        may_have="label_en label_fr series_order is_provisional null_reason target",
        options="mark periods dimension",
    ),
    "forecast": _type(
        "actual_amount forecast_amount low_amount high_amount",
        "next next_period low high inside judged last last_period last_forecast last_gap "
        "last_gap_share",
        key="period_start",
        may_have="is_provisional",
        options="periods",
    ),
    "cohorts": _type(
        "cohort_start months_since value",
        "months_read kept kept_cohort count",
        key="cohort_start months_since",
        may_have="is_provisional null_reason cohort_size",
        options="read_at most",
    ),
    "drivers": _type(
        "category value total_change total_value total_compared_value",
        "change now before most most_label against against_label",
        key="category",
        may_have="label_en label_fr own_part mix_part is_provisional annotations_en annotations_fr",
        options="most split dimension",
    ),
    "table": _type(
        "",
        "count",
        options="columns order most highlight",
        needs_unit=False,
    ),
    "scorecard": _type(
        "kpi name_en name_fr perspective unit value null_reason is_provisional status",
        "on_track watch off_track judged not_judged",
        key="kpi",
        may_have="change target trend period_start period_end direction is_key",
        options="formats",
        needs_unit=False,
    ),
    "alerts": _type(
        "kind message_en message_fr place",
        "count off_track back_on_track restated",
        may_have="published_at",
        options="most",
        needs_unit=False,
    ),
}
PANEL_KEYS = {
    "id", "type", "width", "height", "title", "subtitle", "unit", "controls", "sql", "rows", "note",
    "name", "figures",
}  # fmt: skip
BOARD_KEYS = {"board", "order", "title", "question", "grain", "cuts", "cut_notes", "panels"}
ROWS_KEYS = {"sql", "columns", "date", "day", "match", "measure"}
FIGURE_KEYS = {
    "marks",
    "kpi",
    "variant",
    "part",
    "period",
    "dimension",
    "segment",
    "held",
    "measure",
    "where",
}
PARTS = ("numerator", "denominator")
# The periods of a figure, if they are not that of its mark.
PERIODS = ("previous", "all")
# The columns by which the rows of a figure can be told apart.
ROW_COLUMNS = ("owner_name", "team")
COLUMN_KEYS = {"name", "label", "unit", "bar", "link", "dimension", "figures"}


@dataclass(frozen=True)
class Figure:
    """The KPI figure that a mark shows; `kpis.rows_of_<kpi>` lists its rows.

    A name in braces is the cell of the mark's row in that column. Keys that are left out mean the
    default variant, both parts, and the period, dimension and segment of the row. `marks` names
    those that it is of; one without is of the marks that no other names. `measure` keeps the rows
    that a measure of an aggregate has, `where` those with such cells. The rows of one that is not
    held are left to a query.
    """

    kpi: str
    variant: str | None = None
    part: str | None = None
    period: str | None = None
    dimension: str | None = None
    segment: str | None = None
    marks: tuple[str, ...] = ()
    measure: str | None = None
    where: dict[str, str] = field(default_factory=dict)
    is_held: bool = True


@dataclass(frozen=True)
class Column:
    """A column that readers see: of a table, or of the rows behind a mark."""

    name: str
    label: dict[str, str]
    unit: str
    has_bar: bool = False
    link: str | None = None
    # The dimension whose words the column's values have.
    dimension: str | None = None
    # The figures that its cells are.
    figures: tuple[Figure, ...] = ()


@dataclass(frozen=True)
class Rows:
    """The rows behind the marks of a panel, and how a mark finds its own.

    `date` is the column whose day lies in the period of the mark, `day` the one whose day is the
    last of it so far; `match` says which column equals which property of the mark, e.g.
    {"stage": "category"}; `measure` is summed for the reader.
    """

    sql: str
    columns: list[Column]
    date: str | None
    day: str | None
    match: dict[str, str]
    measure: str | None


@dataclass(frozen=True)
class Panel:
    """One panel as its board declares it."""

    file: str
    id: str
    type: str
    width: int
    height: int | None
    name: dict[str, str] | None
    title: dict[str, str] | None
    subtitle: dict[str, str] | None
    note: dict[str, str] | None
    unit: str | None
    controls: dict[str, str]
    sql: str
    rows: Rows | None
    figures: tuple[Figure, ...] = ()
    options: dict[str, Any] = field(default_factory=dict)

    @property
    def where(self) -> str:
        """Return the words that name the panel in a message."""
        return f"{self.file}, panel {self.id}"

    @property
    def all_figures(self) -> list[Figure]:
        """Return the figures of its marks, and of the cells of a table."""
        columns = self.options.get("columns", [])
        return [*self.figures, *(figure for column in columns for figure in column.figures)]


@dataclass(frozen=True)
class Board:
    """One board as its file declares it."""

    file: str
    name: str
    order: int
    title: dict[str, str]
    question: dict[str, str]
    grain: str
    cuts: list[str]
    cut_notes: dict[str, dict[str, str]]
    panels: list[Panel]


def read_boards(folder: Path = FOLDER) -> list[Board]:
    """Return the boards that a folder declares, in their order."""
    found = [read_board(path) for path in sorted(folder.glob("*.yml")) if path.stem != "words"]
    if not found:
        raise BoardError(f"{folder}: no board is declared here.")
    return sorted(found, key=lambda board: (board.order, board.name))


def read_board(path: Path) -> Board:
    """Return the board that a file declares."""
    file = path.name
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f" (line {mark.line + 1})" if mark else ""
        raise BoardError(f"{file}: this is no YAML{line}.") from error
    raw = _mapping(raw, file, BOARD_KEYS, {"board", "title", "question", "panels"})
    if raw["board"] != path.stem:
        raise BoardError(f"{file}: `board` is {raw['board']!r}, and the file is {path.stem!r}.")
    if raw.get("grain", "quarter") not in GRAINS:
        raise BoardError(f"{file}: grain {raw['grain']!r} is none of {_list(GRAINS)}.")
    if not isinstance(raw["panels"], list) or not raw["panels"]:
        raise BoardError(f"{file}: `panels` is no list of panels.")
    panels = [_panel(each, file, place) for place, each in enumerate(raw["panels"], 1)]
    ids = [panel.id for panel in panels]
    for each in ids:
        if ids.count(each) > 1:
            raise BoardError(f"{file}: two panels have the id {each!r}.")
    notes = {
        cut: _words(words, f"{file}, cut_notes.{cut}")
        for cut, words in (raw.get("cut_notes") or {}).items()
    }
    return Board(
        file=file,
        name=raw["board"],
        order=raw.get("order", 99),
        title=_words(raw["title"], f"{file}, title"),
        question=_words(raw["question"], f"{file}, question"),
        grain=raw.get("grain", "quarter"),
        cuts=list(raw.get("cuts") or []),
        cut_notes=notes,
        panels=panels,
    )


def _panel(raw: Any, file: str, place: int) -> Panel:  # noqa: ANN401 (whatever YAML holds)
    """Return a panel, checked but for its SQL."""
    if not isinstance(raw, dict) or "id" not in raw:
        raise BoardError(f"{file}: panel {place} has no `id`.")
    where = f"{file}, panel {raw['id']}"
    if raw.get("type") not in PANEL_TYPES:
        raise BoardError(
            f"{where}: panel type {raw.get('type')!r} is none of {_list(PANEL_TYPES)}."
        )
    kind = PANEL_TYPES[raw["type"]]
    raw = _mapping(raw, where, PANEL_KEYS | kind.options, {"id", "type", "sql"})
    if kind.needs_unit and raw.get("unit") not in UNITS:
        raise BoardError(f"{where}: unit {raw.get('unit')!r} is none of {_list(UNITS)}.")
    if raw.get("width", 12) not in {3, 4, 5, 6, 7, 8, 9, 12}:
        raise BoardError(f"{where}: width {raw['width']!r} is none of 3, 4, 5, 6, 7, 8, 9, 12.")
    controls = raw.get("controls") or {}
    if (controls.get("cut") == "split") != ("split" in raw):
        raise BoardError(f"{where}: `cut: split` and the dimension `split:` need one another.")
    for control, effect in controls.items():
        if effect not in CONTROLS.get(control, ()):
            allowed = _list(f"{name}: {each}" for name in CONTROLS for each in CONTROLS[name])
            raise BoardError(f"{where}: control {control}: {effect} is none of {allowed}.")
    panel = Panel(
        file=file,
        id=str(raw["id"]),
        type=raw["type"],
        width=raw.get("width", 12),
        height=raw.get("height"),
        name=_optional_words(raw, "name", where),
        title=_optional_words(raw, "title", where),
        subtitle=_optional_words(raw, "subtitle", where),
        note=_optional_words(raw, "note", where),
        unit=raw.get("unit"),
        controls=dict(controls),
        sql=raw["sql"],
        rows=_rows(raw["rows"], where) if raw.get("rows") else None,
        figures=_figures(raw, where),
        options={key: raw[key] for key in sorted(kind.options & raw.keys())},
    )
    if panel.rows and panel.figures:
        raise BoardError(f"{where}: `rows` and `figures` both say what is behind a mark.")
    if panel.type == "table":
        if panel.rows or panel.figures:
            raise BoardError(f"{where}: the cells of a table open by `figures` of its columns.")
        panel.options["columns"] = _columns(raw.get("columns"), where, may_open=True)
    for language, pattern in (panel.title or {}).items():
        _check_pattern(panel, kind, language, pattern)
    return panel


def _check_pattern(panel: Panel, kind: PanelType, language: str, pattern: str) -> None:
    """Refuse a title that cannot be read, or that states a fact which its type does not give."""
    try:
        used = facts_of(pattern)
    except PatternError as error:
        raise BoardError(f"{panel.where}, title.{language}: {error}") from error
    known = kind.facts | {f"top_{column.name}" for column in panel.options.get("columns", [])}
    # Facts that are named after values of a column are known once the SQL has run.
    unknown = sorted(used - known) if kind.facts_by is None else []
    if unknown:
        raise BoardError(
            f"{panel.where}, title.{language}: {unknown[0]!r} is no fact of {panel.type}; "
            f"it has {_list(known)}."
        )


def check_columns(panel: Panel, columns: list[str]) -> None:
    """Refuse a panel whose SQL lacks a column that its type, its controls or its table reads."""
    kind = PANEL_TYPES[panel.type]
    needed = set(kind.columns)
    for control in panel.controls:
        needed |= CONTROL_COLUMNS[control]
    needed |= {
        column.name
        for column in panel.options.get("columns", [])
        # A text may have a column for each language.
        if not {f"{column.name}_{language}" for language in LANGUAGES} <= set(columns)
    }
    needed |= {column.link for column in panel.options.get("columns", []) if column.link}
    missing = sorted(needed - set(columns))
    if missing:
        raise BoardError(
            f"{panel.where}: the SQL gives no column {missing[0]!r}; it gives {_list(columns)}."
        )
    of_controls = {name for names in CONTROL_COLUMNS.values() for name in names}
    known = needed | kind.may_have | of_controls
    unknown = sorted(set(columns) - known) if panel.type != "table" else []
    if unknown:
        raise BoardError(
            f"{panel.where}: {panel.type} reads no column {unknown[0]!r}; it reads {_list(known)}."
        )
    for control, names in CONTROL_COLUMNS.items():
        is_read = names <= set(columns) and control not in panel.controls
        if is_read and panel.type not in ("scorecard", "alerts", "table"):
            raise BoardError(
                f"{panel.where}: the SQL gives {_list(names)}, and `controls` has no {control}."
            )


def check_named_facts(panel: Panel, values: dict[str, set[str]]) -> None:
    """Refuse a title that states a fact which is neither the type's nor a value of its column."""
    kind = PANEL_TYPES[panel.type]
    if kind.facts_by is None:
        return
    known = kind.facts | values[kind.facts_by]
    for language, pattern in (panel.title or {}).items():
        unknown = sorted(facts_of(pattern) - known)
        if unknown:
            raise BoardError(
                f"{panel.where}, title.{language}: {unknown[0]!r} is no fact; "
                f"there are {_list(known)}."
            )


def _rows(raw: Any, where: str) -> Rows:  # noqa: ANN401
    """Return the rows behind a panel."""
    raw = _mapping(raw, f"{where}, rows", ROWS_KEYS, {"sql", "columns"})
    return Rows(
        sql=raw["sql"],
        columns=_columns(raw["columns"], f"{where}, rows"),
        date=raw.get("date"),
        day=raw.get("day"),
        match=dict(raw.get("match") or {}),
        measure=raw.get("measure"),
    )


def _figures(raw: dict, where: str) -> tuple[Figure, ...]:
    """Return of which figures marks or cells are."""
    return tuple(_figure(each, where) for each in raw.get("figures") or ())


def _figure(raw: Any, where: str) -> Figure:  # noqa: ANN401
    """Return of which figure marks are."""
    raw = _mapping(raw, f"{where}, figures", FIGURE_KEYS, {"kpi"})
    if raw.get("part") not in (None, *PARTS):
        raise BoardError(f"{where}, figures: part {raw['part']!r} is none of {_list(PARTS)}.")
    if raw.get("measure") and not re.fullmatch(r"agg_\w+\.\w+", raw["measure"]):
        raise BoardError(f"{where}, figures: measure {raw['measure']!r} is no agg_….<measure>.")
    if raw.get("period") not in (None, *PERIODS):
        raise BoardError(f"{where}, figures: period {raw['period']!r} is none of {_list(PERIODS)}.")
    cells = _mapping(raw.get("where") or {}, f"{where}, figures, where", set(ROW_COLUMNS), set())
    return Figure(
        kpi=raw["kpi"],
        variant=raw.get("variant"),
        part=raw.get("part"),
        period=raw.get("period"),
        dimension=raw.get("dimension"),
        segment=raw.get("segment"),
        marks=tuple(raw.get("marks") or ()),
        measure=raw.get("measure"),
        where={name: str(cells[name]) for name in sorted(cells)},
        is_held=raw.get("held", True),
    )


def _columns(raw: Any, where: str, *, may_open: bool = False) -> list[Column]:  # noqa: ANN401
    """Return the columns that a table shows; the cells of some may open the rows behind them."""
    if not isinstance(raw, list) or not raw:
        raise BoardError(f"{where}: `columns` is no list of columns.")
    found = []
    for each in raw:
        keys = COLUMN_KEYS if may_open else COLUMN_KEYS - {"figures"}
        each = _mapping(each, f"{where}, columns", keys, {"name", "label"})
        unit = each.get("unit", "text")
        if unit not in UNITS:
            raise BoardError(
                f"{where}, column {each['name']}: unit {unit!r} is none of {_list(UNITS)}."
            )
        of_column = f"{where}, column {each['name']}"
        label = _words(each["label"], f"{of_column}, label")
        found.append(
            Column(
                each["name"], label, unit, bool(each.get("bar")), each.get("link"),
                each.get("dimension"), _figures(each, of_column),
            )
        )  # fmt: skip
    return found


def _mapping(raw: Any, where: str, allowed: set[str], needed: set[str]) -> dict:  # noqa: ANN401
    """Return a mapping of YAML that has all keys that are needed and none that is not allowed."""
    if not isinstance(raw, dict):
        raise BoardError(f"{where}: keys and values are expected here.")
    # YAML 1.1 reads a bare `on` as true: such a key is named as it was read.
    for key in raw:
        if key not in allowed:
            raise BoardError(f"{where}: {key!r} is no key here; there are {_list(allowed)}.")
    for key in sorted(needed):
        if raw.get(key) in (None, ""):
            raise BoardError(f"{where}: {key!r} is missing.")
    return raw


def _words(raw: Any, where: str) -> dict[str, str]:  # noqa: ANN401
    """Return words in both languages."""
    raw = _mapping(raw, where, set(LANGUAGES), set(LANGUAGES))
    return {language: " ".join(str(raw[language]).split(" ")) for language in LANGUAGES}


def _optional_words(raw: dict, key: str, where: str) -> dict[str, str] | None:
    return _words(raw[key], f"{where}, {key}") if raw.get(key) else None


def _list(names: Iterator[str] | Any) -> str:  # noqa: ANN401
    """Return names as a list of words, sorted."""
    return ", ".join(sorted(map(str, names)))
