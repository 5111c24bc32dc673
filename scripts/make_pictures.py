"""Draw the pictures of the pages from what the project really is, with nothing but DuckDB.

    .venv/bin/python scripts/make_pictures.py

reads the published file and writes `docs/pictures/results.svg` (a funnel and a win rate) and
`docs/pictures/recurring.svg` (changes of recurring revenue in a year, and retention). The title of
each picture states what its figures show. With `--lineage PATH`, as `make docs` runs it, the script
reads `target/manifest.json` instead and draws every model there. The same inputs give the same
bytes. Colours are of Okabe and Ito's set, which colour-blind readers can tell apart.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from dataclasses import dataclass
from html import escape
from pathlib import Path

import duckdb

ROOT = Path(__file__).resolve().parents[1]
FONT = "Inter, 'Segoe UI', 'Helvetica Neue', Helvetica, Arial, sans-serif"
INK, MUTED, FAINT, PAPER, PANEL = "#1b2733", "#5b6b7b", "#d5dde5", "#ffffff", "#f5f8fa"
BLUE, ORANGE, GREEN, PURPLE, GREY = "#0072b2", "#d55e00", "#00795a", "#a3528a", "#8795a1"

# The subject of a model, by words of its name: the first that fits gives the colour.
SUBJECTS = (
    (
        "Subscriptions and invoices",
        GREEN,
        (
            "plans",
            "subscription",
            "invoice",
            "exchange",
            "conversion_rates",
            "mrr",
            "kpi_arr",
            "revenue",
            "arpa",
            "arpu",
            "order_value",
            "purchase",
            "quick_ratio",
            "growth",
            "retention",
            "churn",
            "lifetime",
            "customer_periods",
            "customers_summed",
            "dim_customers",
            "active_customers",
            "customer_balances",
            "billed",
        ),
    ),
    ("Traffic and campaigns", PURPLE, ("web", "visit", "campaign")),
    ("Deals", ORANGE, ("deal", "quote", "pipeline", "win_rate", "sales", "bookings")),
    (
        "Leads and contacts",
        BLUE,
        ("contact", "lifecycle", "lead", "mql", "sql", "opportunit", "customer", "funnel"),
    ),
    ("Other", GREY, ("",)),
)


@dataclass
class Node:
    """A model as the picture shows it: in a layer, under a short name, at a height."""

    key: str
    layer: str
    label: str
    colour: str
    y: float = 0.0

    @property
    def right(self) -> float:
        """Where the label ends, so that lines can leave from there."""
        label = "" if self.layer in ("inputs", "staging") else self.label
        return LABEL_X[self.layer] + breadth(label) + 9


def breadth(label: str) -> float:
    """Return how wide a label is in the widest font that a browser may fall back to."""
    narrow, wide = "fijlrt", "mw"
    return 12 * sum(0.4 if c in narrow else 0.95 if c in wide else 0.62 for c in label)


def colour_of(name: str) -> str:
    """Return the colour of the subject that a model's name tells."""
    for _, colour, words in SUBJECTS:
        if any(word in name for word in words):
            return colour
    return GREY


class Svg:
    """Collects the elements of a drawing; sizes are in pixels."""

    def __init__(self, width: int, height: int, title: str) -> None:
        self.parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
            f'width="{width}" height="{height}" role="img" aria-label="{escape(title)}" '
            f'font-family="{FONT}">',
            f"<title>{escape(title)}</title>",
            f'<rect width="{width}" height="{height}" rx="10" fill="{PAPER}"/>',
        ]

    def text(
        self,
        x: float,
        y: float,
        content: str,
        size: float = 13,
        colour: str = INK,
        weight: int = 400,
        anchor: str = "start",
        turn: int = 0,
    ) -> None:
        """Write a line of text with its baseline at y."""
        turned = f' transform="rotate({turn} {x:g} {y:g})"' if turn else ""
        self.parts.append(
            f'<text x="{x:g}" y="{y:g}" font-size="{size:g}" fill="{colour}" '
            f'font-weight="{weight}" text-anchor="{anchor}"{turned}>{escape(content)}</text>'
        )

    def box(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        fill: str,
        radius: float = 0,
        stroke: str = "none",
    ) -> None:
        """Draw a rectangle."""
        self.parts.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" '
            f'rx="{radius:g}" fill="{fill}" stroke="{stroke}"/>'
        )

    def line(self, path: str, colour: str, width: float = 1, opacity: float = 1) -> None:
        """Draw an unfilled path."""
        self.parts.append(
            f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="{width:g}" '
            f'stroke-opacity="{opacity:g}"/>'
        )

    def dot(self, x: float, y: float, radius: float, colour: str) -> None:
        """Draw a filled circle with a thin rim of paper."""
        self.parts.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}" fill="{colour}" '
            f'stroke="{PAPER}" stroke-width="1.5"/>'
        )

    def write(self, path: Path) -> None:
        """Write the file."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join([*self.parts, "</svg>", ""]), encoding="utf-8")


# -- lineage -----------------------------------------------------------------------------------

LAYERS = ("staging", "intermediate", "marts", "aggregates", "kpis")
LABEL_X = {
    "inputs": 148, "staging": 288, "intermediate": 372, "marts": 612, "aggregates": 844,
    "kpis": 1076,
}  # fmt: skip
PUBLISHED_X = 1328
TOP, STEP = 150, 22.5


def nodes_and_edges(manifest: dict) -> tuple[dict[str, Node], list[tuple[str, str]]]:
    """Return the models of the drawn layers by id, and the edges between them."""
    nodes: dict[str, Node] = {}
    for key, node in sorted(manifest["nodes"].items()):
        room = node["path"].split("/")[0]
        layer = "kpis" if room == "reports" else room
        if node["resource_type"] != "model" or layer not in (*LAYERS, "inputs"):
            continue
        name = node["name"]
        short = name if layer in ("marts",) else name.split("_", 1)[-1]
        # Reports, and what KPIs are made of, are not one KPI each: they keep their names.
        if room == "reports" or (room == "kpis" and not name.startswith("kpi_")):
            short = name
        nodes[key] = Node(key, layer, short, colour_of(name))
    edges = [
        (parent, child)
        for child, parents in sorted(manifest["parent_map"].items())
        for parent in sorted(set(parents))
        if parent in nodes and child in nodes
    ]
    return nodes, edges


def place(nodes: dict[str, Node], edges: list[tuple[str, str]]) -> float:
    """Give each node its height, so that few edges cross; return the height of the tallest."""
    columns: dict[str, list[Node]] = defaultdict(list)
    rank = [colour for _, colour, _ in SUBJECTS]
    for node in sorted(nodes.values(), key=lambda n: (rank.index(n.colour), n.label)):
        columns[node.layer].append(node)
    tallest = max(len(column) for column in columns.values())
    neighbours: dict[str, list[str]] = defaultdict(list)
    for parent, child in edges:
        neighbours[parent].append(child)
        neighbours[child].append(parent)

    def spread(column: list[Node]) -> None:
        gap = STEP * min(1.6, (tallest - 1) / max(1, len(column) - 1))
        start = TOP + (STEP * (tallest - 1) - gap * (len(column) - 1)) / 2
        for number, node in enumerate(column):
            node.y = start + gap * number

    for column in columns.values():
        spread(column)
    for _ in range(12):
        for layer in (*LAYERS[1:], *LAYERS[-2:0:-1]):
            column = columns[layer]
            for node in column:
                others = [nodes[key].y for key in neighbours[node.key]]
                node.y = sum(others) / len(others) if others else node.y
            column.sort(key=lambda n: (rank.index(n.colour), n.y, n.label))
            spread(column)
    # An input and its staging table are one line through the gate.
    heights = {node.label: node.y for node in columns["staging"]}
    for node in columns["inputs"]:
        node.y = heights[node.label]
    return TOP + STEP * (tallest - 1)


def draw_lineage(manifest: dict, path: Path) -> None:
    """Draw the layers from the source files to the published file, with every model's name."""
    nodes, edges = nodes_and_edges(manifest)
    bottom = place(nodes, edges)
    svg = Svg(1392, int(bottom + 86), "The way of the data, from raw files to the published file")
    svg.text(28, 40, "From raw extracts to trusted KPIs", 20, weight=700)
    svg.text(
        28,
        62,
        "Every name is a table or a view; a line leads to its reader. Some lines are left "
        "out: within a column, from the calendar, and to the counts of loads.",
        13,
        MUTED,
    )
    for x, number, title, said in (
        (28, "1", "Raw files", "CSV or Parquet, renamed"),
        (188, "2", "Gate", ""),
        (372, "3", "Steps", "one business step each"),
        (612, "4", "Marts", "entities and events"),
        (844, "5", "Aggregates", "counted by period and cut"),
        (1076, "6", "KPIs", "one view, one formula each"),
    ):
        svg.text(x, 104, f"{number}  {title}", 14.5, weight=700)
        svg.text(x, 122, said, 11.5, MUTED)

    # The gate: whatever enters leaves as a staged row or as a rejected one.
    svg.box(182, TOP - 22, 96, bottom - TOP + 44, PANEL, 8, FAINT)
    svg.box(PUBLISHED_X, TOP - 22, 46, bottom - TOP + 44, "#eaf3f9", 8, BLUE)
    svg.text(
        PUBLISHED_X + 28, (TOP + bottom) / 2, "Published file, read-only: your BI tool", 13.5,
        BLUE, 600, "middle", -90,
    )  # fmt: skip

    def curve(x1: float, y1: float, x2: float, y2: float) -> str:
        bend = (x2 - x1) / 2
        return (
            f"M{x1:.1f} {y1:.1f}C{x1 + bend:.1f} {y1:.1f} {x2 - bend:.1f} {y2:.1f} "
            f"{x2:.1f} {y2:.1f}"
        )

    for parent_key, child_key in edges:
        parent, child = nodes[parent_key], nodes[child_key]
        # fct_input_loads counts the rows of every table, and every aggregate reads the calendar:
        # their lines would hide the others.
        if parent.layer in (child.layer, "inputs") or child.label.startswith("fct_input_load"):
            continue
        if parent.label.startswith("dim_period"):
            continue
        way = curve(parent.right, parent.y, LABEL_X[child.layer] - 12, child.y)
        svg.line(way, parent.colour, 1.1, 0.36)
    for node in nodes.values():
        if node.layer == "kpis":
            svg.line(f"M{node.right:.1f} {node.y:.1f}H{PUBLISHED_X}", BLUE, 1, 0.28)
        if node.layer == "inputs":
            svg.line(f"M{156} {node.y:.1f}H{LABEL_X['staging'] + 2}", node.colour, 1.6, 0.75)
    svg.text(230, TOP - 4, "Great", 11.5, INK, 600, "middle")
    svg.text(230, TOP + 11, "Expectations", 11.5, INK, 600, "middle")
    svg.text(230, bottom - 7, "bad file: stop", 10.5, MUTED, 400, "middle")
    svg.text(230, bottom + 8, "bad row: aside", 10.5, MUTED, 400, "middle")
    svg.line(f"M230 {bottom + 22}V{bottom + 40}", ORANGE, 2)
    svg.line(f"M225 {bottom + 35}L230 {bottom + 41}L235 {bottom + 35}", ORANGE, 2)
    svg.text(230, bottom + 57, "rejected_rows", 12, ORANGE, 600, "middle")
    svg.text(230, bottom + 73, "kept, with the reason", 11, MUTED, 400, "middle")

    for node in sorted(nodes.values(), key=lambda n: (n.layer, n.y)):
        x = LABEL_X[node.layer]
        if node.layer == "inputs":
            svg.text(x, node.y + 4, node.label, 12, INK, 500, "end")
            svg.dot(x + 8, node.y, 4, node.colour)
        elif node.layer == "staging":
            svg.dot(x + 4, node.y, 4, node.colour)
        else:
            svg.box(x - 12, node.y - 8.5, node.right - x + 10, 17, PAPER, 5)
            svg.dot(x - 7, node.y, 4, node.colour)
            svg.text(x + 2, node.y + 4, node.label, 12, INK, 500)
    svg.text(298, 104, "Staging", 11.5, MUTED, 600, "middle")
    svg.text(298, 122, "typed", 11.5, MUTED, 400, "middle")

    x = 372
    for title, colour, _ in SUBJECTS:
        svg.dot(x, bottom + 58, 5, colour)
        svg.text(x + 11, bottom + 62, title, 12, MUTED)
        x += 34 + 6.3 * len(title)
    svg.write(path)


# -- results ------------------------------------------------------------------------------------

FUNNEL = """
    select visitors, leads, mqls, sqls, opportunities, customers, period_end
    from kpis.funnel
    where period_grain = 'year' and dimension = 'all' and not is_provisional
    order by period_start desc
    limit 1
"""
WIN_RATE = """
    select period_start, period_end, numerator, denominator, value
    from kpis.kpi_win_rate
    where variant = 'count' and period_grain = '{grain}' and dimension = 'all'
        and not is_provisional and value is not null
    order by period_start
"""
STAGES = ("Leads", "MQLs", "SQLs", "Opportunities", "Customers")


def draw_results(published: Path, path: Path) -> None:
    """Draw the funnel of the last whole year and the win rate of its quarters."""
    with duckdb.connect(str(published), read_only=True) as con:
        [(visitors, *counts, last_day)] = con.sql(FUNNEL).fetchall()
        quarters = con.sql(WIN_RATE.format(grain="quarter")).fetchall()
        years = con.sql(WIN_RATE.format(grain="year")).fetchall()
    titles = (funnel_finding(counts), win_rate_finding(years))
    svg = Svg(1140, 470, ". ".join(titles))
    svg.text(28, 40, titles[0], 18, weight=700)
    svg.text(644, 40, titles[1], 18, weight=700)
    _funnel(svg, last_day, visitors, counts)
    _win_rate(svg, quarters, years)
    svg.write(path)


def largest_drop(counts: list[int]) -> int:
    """Return the place of the stage from which the smallest share goes on."""
    return min(range(len(counts) - 1), key=lambda n: counts[n + 1] / counts[n] if counts[n] else 1)


def funnel_finding(counts: list[int]) -> str:
    """Return a title that names the largest drop of a funnel."""
    n = largest_drop(counts)
    stage, following = (name if name[1].isupper() else name.lower() for name in STAGES[n : n + 2])
    return f"{counts[n] - counts[n + 1]:,} of {counts[n]:,} {stage} are not {following} yet"


def win_rate_finding(years: list[tuple]) -> str:
    """Return a title that compares the win rate of the last year with the year before."""
    *_, (day, *_, rate) = years
    now = f"{rate:.0%}"
    if len(years) < 2:
        return f"In {day.year}, {now} of decided deals were won"
    before, (day_before, *_) = f"{years[-2][-1]:.0%}", years[-2]
    if now == before:
        return f"The win rate stayed at {now} in {day.year}"
    verb = "fell" if rate < years[-2][-1] else "rose"
    return f"The win rate {verb} to {now} in {day.year}, from {before} in {day_before.year}"


def _funnel(svg: Svg, last_day, visitors: int, counts: list[int]) -> None:  # noqa: ANN001
    """Draw one bar per stage, and between two bars how many did not go on."""
    svg.text(
        28, 62, f"The largest drop of the {counts[0]:,} leads of {last_day.year} "
        f"({visitors:,} visitors), as on {last_day:%d %B %Y}.", 12.5, MUTED,
    )  # fmt: skip
    left, full, height, gap = 158, 376, 40, 70
    worst = largest_drop(counts)
    for number, (name, count) in enumerate(zip(STAGES, counts, strict=True)):
        y = 92 + gap * number
        width = full * count / counts[0]
        svg.text(left - 14, y + 18, name, 14, INK, 600, "end")
        svg.text(left - 14, y + 35, f"{count / counts[0]:.0%} of leads", 11, MUTED, 400, "end")
        svg.box(left, y, width, height, BLUE, 3)
        if width > 70:
            svg.text(left + 12, y + 26, f"{count:,}", 16, PAPER, 700)
        else:
            svg.text(left + width + 9, y + 26, f"{count:,}", 16, INK, 700)
        if number + 1 < len(counts):
            lost = count - counts[number + 1]
            colour, weight = (ORANGE, 700) if number == worst else (MUTED, 500)
            said = f"↓ {lost:,} did not go on so far ({lost / count:.0%})"
            svg.text(left + 2, y + height + 19, said, 12, colour, weight)


def _win_rate(svg: Svg, quarters: list[tuple], years: list[tuple]) -> None:
    """Draw the share of decided deals that were won: a point per quarter, a level per year."""
    x0, x1, y0, y1 = 690, 1096, 392, 104
    top = int(max(float(row[-1]) for row in quarters) * 10 + 1) / 10
    svg.text(644, 62, "Won deals out of all deals decided, by quarter; in orange, by year.",
             12.5, MUTED)  # fmt: skip
    for tick in range(round(top * 10) + 1):
        y = y0 - (y0 - y1) * tick / 10 / top
        svg.line(f"M{x0} {y:.1f}H{x1 + 16}", FAINT, 1)
        svg.text(x0 - 10, y + 4, f"{tick * 10}%", 11.5, MUTED, 400, "end")
    step = (x1 - x0 - 20) / max(1, len(quarters) - 1)
    points = []
    for number, (start, *_, rate) in enumerate(quarters):
        x = x0 + 14 + step * number
        points.append((x, y0 - (y0 - y1) * float(rate) / top, rate))
        svg.text(x, y0 + 20, f"Q{(start.month + 2) // 3}", 11.5, MUTED, 400, "middle")
        if start.month <= 3 or number == 0:
            svg.text(x, y0 + 38, f"{start.year}", 12, INK, 600, "middle")
    for first, last, *_, rate in years:
        within = [x for x, row in zip((p[0] for p in points), quarters, strict=True)
                  if first <= row[0] <= last]  # fmt: skip
        if within:
            y = y0 - (y0 - y1) * float(rate) / top
            svg.line(f"M{within[0] - 10:.1f} {y:.1f}H{within[-1] + 10:.1f}", ORANGE, 9, 0.3)
            middle = (within[0] + within[-1]) / 2
            svg.text(middle, y0 - 16, f"{rate:.1%} in {first.year}", 12.5, ORANGE, 700, "middle")
    svg.line("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y, _ in points), BLUE, 2.5)
    for number, (x, y, rate) in enumerate(points):
        around = [point[1] for point in points[max(0, number - 1) : number + 2]]
        # Below a valley, above all else, so that the line does not cross the figure.
        below = y == max(around) and len(around) > 1
        # On a slope, beside it on the open side.
        aside = 0 if y in (min(around), max(around)) else 15 if around[0] < y else -15
        svg.dot(x, y, 5, BLUE)
        svg.text(
            x + aside, y + (22 if below else -12), f"{float(rate):.0%}", 11.5, INK, 600, "middle"
        )
    _, _, won, closed, _ = quarters[-1]
    svg.text(644, 456, f"The last point: {won:.0f} won of {closed:.0f} decided deals.", 11.5, MUTED)
    svg.text(28, 456, "Views funnel and kpi_win_rate of the demo company.", 11.5, MUTED)


# -- recurring revenue ----------------------------------------------------------------------------

MOVEMENTS = """
    select segment, value, period_start, period_end
    from kpis.kpi_mrr_movements
    where variant = 'standard' and period_grain = 'year' and dimension = 'movement'
        and not is_provisional
    qualify period_start = max(period_start) over ()
"""
BALANCES = """
    select period_start, value from kpis.kpi_mrr
    where variant = 'standard' and period_grain = 'year' and dimension = 'all'
        and not is_provisional
    order by period_start desc limit 2
"""
RETENTION = """
    select period_start, gross.value, net.value
    from kpis.kpi_gross_revenue_retention as gross
    inner join kpis.kpi_net_revenue_retention as net
        using (variant, period_grain, period_start, dimension, segment)
    where variant = 'trailing_12_months' and period_grain = 'quarter' and dimension = 'all'
        and not net.is_provisional and net.value is not null
    order by period_start
"""
YEAR_OF_QUARTERS = 4
# The movements in the order of their bars, with the words of the title.
CAUSES = {
    "new": "new customers",
    "expansion": "expansion",
    "reactivation": "customers who came back",
    "contraction": "contraction",
    "churn": "churn",
    "fx": "exchange rates",
}


def draw_recurring(published: Path, path: Path) -> None:
    """Draw the year's way from one MRR to the next, and retention by quarter."""
    with duckdb.connect(str(published), read_only=True) as con:
        found = con.sql(MOVEMENTS).fetchall()
        (_, end), (_, start) = con.sql(BALANCES).fetchall()
        retention = con.sql(RETENTION).fetchall()
    year = found[0][2].year
    moved = {row[0]: float(row[1]) for row in found}
    titles = (
        mrr_finding(year, float(start), moved, float(end)),
        retention_finding(retention),
    )
    svg = Svg(1140, 470, ". ".join(titles))
    svg.text(28, 40, titles[0], 18, weight=700)
    svg.text(644, 40, titles[1], 18, weight=700)
    _waterfall(svg, float(start), moved, float(end))
    _retention(svg, retention)
    svg.text(
        28, 456, "Views kpi_mrr_movements and kpi_…_revenue_retention of the demo company.",
        11.5, MUTED,
    )  # fmt: skip
    svg.write(path)


def mrr_finding(year: int, start: float, moved: dict[str, float], end: float) -> str:
    """Return a title that says how far MRR went in a year, and what moved it most."""
    sign = 1 if end >= start else -1
    pushes = {name: sign * amount for name, amount in moved.items() if sign * amount > 0}
    cause = max(pushes, key=pushes.get)
    is_most = pushes[cause] > sum(pushes.values()) / 2
    verb = "grew" if sign > 0 else "fell"
    through = "mostly through" if is_most else "first through"
    return f"MRR {verb} {abs(end / start - 1):.0%} in {year}, {through} {CAUSES[cause]}"


def retention_finding(quarters: list[tuple]) -> str:
    """Return a title that compares net retention with that of a year before."""
    now = f"{quarters[-1][2]:.1%}"
    if len(quarters) <= YEAR_OF_QUARTERS:
        return f"Net retention is {now}"
    before = f"{quarters[-1 - YEAR_OF_QUARTERS][2]:.1%}"
    if now == before:
        return f"Net retention stayed at {now}"
    verb = "fell" if quarters[-1][2] < quarters[-1 - YEAR_OF_QUARTERS][2] else "rose"
    return f"Net retention {verb} to {now} (a year ago {before})"


def _waterfall(svg: Svg, start: float, moved: dict[str, float], end: float) -> None:
    """Draw the bars from the year's first MRR to its last: start + movements = end."""
    svg.text(28, 62, "MRR at the start and end of the year, gains and losses between them, "
             "in thousands of euros.", 12.5, MUTED)  # fmt: skip
    x0, y0, y1, width, gap = 36, 400, 92, 52, 71
    scale = (y0 - y1) / (1.06 * max(start + sum(max(0.0, m) for m in moved.values()), end))

    def bar(number: int, low: float, high: float, label: str, figure: str, colour: str) -> None:
        x = x0 + gap * number
        top, bottom = y0 - high * scale, y0 - low * scale
        svg.box(x, top, width, max(1.5, bottom - top), colour, 2)
        svg.text(x + width / 2, top - 8, figure, 12.5, INK, 700, "middle")
        svg.text(x + width / 2, y0 + 20, label, 11, MUTED, 500, "middle")

    level = start
    bar(0, 0, start, "Start", f"{start / 1000:.1f}", BLUE)
    for number, movement in enumerate(CAUSES, start=1):
        amount = moved[movement]
        low, high = sorted((level, level + amount))
        figure = f"{amount / 1000:+.1f}".replace("-", "−")
        bar(number, low, high, movement.capitalize() if movement != "fx" else "FX",
            figure, GREEN if amount > 0 else ORANGE)  # fmt: skip
        level += amount
        # A thin line leads from the end of this bar to the beginning of the next.
        x, y = x0 + gap * number, y0 - level * scale
        svg.line(f"M{x + width:.1f} {y:.1f}H{x + gap:.1f}", GREY, 1, 0.7)
    bar(len(CAUSES) + 1, 0, end, "End", f"{end / 1000:.1f}", BLUE)
    svg.line(f"M{x0 + width} {y0 - start * scale:.1f}H{x0 + gap}", GREY, 1, 0.7)
    svg.line(f"M{x0 - 8} {y0}H{x0 + gap * 8}", FAINT, 1)


def _retention(svg: Svg, quarters: list[tuple]) -> None:
    """Draw net and gross retention of the twelve months to each quarter's end."""
    x0, x1, y0, y1 = 690, 1014, 402, 104
    svg.text(644, 62, "MRR of the customers of a year before, over their MRR then.",
             12.5, MUTED)  # fmt: skip
    values = [float(value) for row in quarters for value in row[1:]]
    low, high = int(min(values) * 10) / 10, int(max(values) * 10 + 1) / 10
    for tick in range(round((high - low) * 10) + 1):
        share = low + tick / 10
        y = y0 - (y0 - y1) * (share - low) / (high - low)
        svg.line(f"M{x0} {y:.1f}H{x1 + 4}", INK if abs(share - 1) < 0.001 else FAINT, 1)
        svg.text(x0 - 10, y + 4, f"{share:.0%}", 11.5, MUTED, 400, "end")
    step = (x1 - x0 - 20) / max(1, len(quarters) - 1)
    for place, name, said, colour in (
        (1, "Gross", "losses alone", ORANGE),
        (2, "Net", "with expansion", GREEN),
    ):
        points = [
            (x0 + 14 + step * number, y0 - (y0 - y1) * (float(row[place]) - low) / (high - low))
            for number, row in enumerate(quarters)
        ]
        svg.line("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points), colour, 2.5)
        for x, y in points:
            svg.dot(x, y, 4.5, colour)
        if len(points) > YEAR_OF_QUARTERS:
            x, y = points[-1 - YEAR_OF_QUARTERS]
            share = quarters[-1 - YEAR_OF_QUARTERS][place]
            around = [point[1] for point in points[-2 - YEAR_OF_QUARTERS : 1 - YEAR_OF_QUARTERS]]
            below = y == max(around)
            svg.text(x, y + (22 if below else -12), f"{share:.1%}", 12, colour, 700, "middle")
        x, y = points[-1]
        svg.text(x + 18, y - 1, f"{name} {quarters[-1][place]:.1%}", 13, colour, 700)
        svg.text(x + 18, y + 14, said, 11.5, MUTED)
    for number, (start, *_) in enumerate(quarters):
        x = x0 + 14 + step * number
        svg.text(x, y0 + 20, f"Q{(start.month + 2) // 3}", 11.5, MUTED, 400, "middle")
        if start.month <= 3 or number == 0:
            svg.text(x, y0 + 38, f"{start.year}", 12, INK, 600, "middle")


def main() -> None:
    """Write the pictures of the pages, or that of the lineage."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lineage", type=Path, help="draw the lineage here, and nothing else")
    parser.add_argument("--manifest", type=Path, default=ROOT / "target" / "manifest.json")
    parser.add_argument("--published", type=Path, default=ROOT / "published" / "revops.duckdb")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "pictures")
    arguments = parser.parse_args()
    if arguments.lineage:
        draw_lineage(json.loads(arguments.manifest.read_text()), arguments.lineage)
        return
    draw_results(arguments.published, arguments.out / "results.svg")
    draw_recurring(arguments.published, arguments.out / "recurring.svg")


if __name__ == "__main__":
    main()
