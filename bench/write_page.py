"""Write `docs/benchmarks.md` and its picture from what the benchmarks have measured.

`make bench` has each benchmark write its figures to `bench/measured`, and runs this last. The page
says what these files hold, and judges each goal by them; its sentences stand in `page.md`.
"""

from __future__ import annotations

import itertools
import json
import math
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "scripts"))

from make_pictures import (  # noqa: E402
    BLUE,
    FAINT,
    GREEN,
    GREY,
    INK,
    MUTED,
    ORANGE,
    PURPLE,
    Svg,
)
from scales import LAYER_ORDER, exponent, powers  # noqa: E402

MEASURED = ROOT / "bench" / "measured"
TEXT = ROOT / "bench" / "page.md"
PAGE = ROOT / "docs" / "benchmarks.md"
PICTURE = ROOT / "docs" / "pictures" / "benchmarks.svg"
# The most that a build may take of an empty project's, of bare DuckDB's, and KPI queries in seconds
# on the demo, and of the largest size in those of the demo.
EMPTY_GOAL, BARE_GOAL, QUERY_GOAL, GROWTH_GOAL, POWER_GOAL = 1.5, 1.3, 0.010, 2.0, 1.0
# Other means are compared with this way, which starts from the same table.
OWN_WAY = "this project, same input"
# Layers that a line of the picture adds up.
LINES = {
    "connectors, inputs, gate": (ORANGE, ["connectors", "inputs", "gate"]),
    "staging to marts": (BLUE, ["staging", "intermediate", "marts"]),
    "aggregates, KPIs, reports": (GREEN, ["aggregates", "kpis", "reports"]),
    "data tests": (PURPLE, ["tests"]),
    "publication": (GREY, ["publication"]),
}

Json = dict[str, Any]


def table(head: list[str], rows: list[list[str]]) -> str:
    """Return a Markdown table, whose first column is of text and whose others are of numbers."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def verdict(value: float, goal: float) -> str:
    """Say whether a value is within its goal."""
    return "reached" if value <= goal else "**not reached**"


def goals(empty: Json, scales: list[Json]) -> str:
    """Return the table of goals: what is asked, what was measured, the verdict."""
    first, last = scales[0], scales[-1]
    bare = last["processor"] / last["bare"]["processor"]
    steepest, name = steepest_model(scales)
    growth = last["queries"]["p95"] / first["queries"]["p95"]
    rows = [
        ["demo against an empty project of the same nodes, wall time",
         f"{EMPTY_GOAL} ×", f"{empty['wall_ratio']:.2f} ×",
         verdict(empty["wall_ratio"], EMPTY_GOAL)],
        [f"size {last['size']} against bare DuckDB on the same SQL, processor time",
         f"{BARE_GOAL} ×", f"{bare:.2f} ×", verdict(bare, BARE_GOAL)],
        [f"steepest exponent of a model, from size {scales[-2]['size']} to {last['size']}",
         f"{POWER_GOAL}", f"{steepest:.2f} (`{name}`)", verdict(steepest, POWER_GOAL)],
        ["95th percentile of the KPI views, demo", f"{QUERY_GOAL * 1e3:.0f} ms",
         f"{first['queries']['p95'] * 1e3:.1f} ms", verdict(first["queries"]["p95"], QUERY_GOAL)],
        [f"the same at size {last['size']}, of the demo's", f"{GROWTH_GOAL} ×", f"{growth:.2f} ×",
         verdict(growth, GROWTH_GOAL)],
        [f"peak of memory at size {last['size']}", "4 GB", f"{last['peak'] / 1e9:.2f} GB",
         verdict(last["peak"], 4e9)],
    ]  # fmt: skip
    return table(["what", "goal", "measured", "verdict"], rows)


def steepest_model(scales: list[Json]) -> tuple[float, str]:
    """Return the largest exponent among models with a second or more at the largest size."""
    before, after = scales[-2:]
    factor = after["size"] / before["size"]
    found = []
    for key, took in after["nodes"].items():
        if not key.startswith("model."):
            continue
        power = exponent(before["nodes"].get(key, 0), took, factor) if took >= 1 else None
        if power is not None:
            found.append((power, key.split(".")[2]))
    return max(found)


def sizes_table(scales: list[Json]) -> str:
    """Return what each size took."""
    return table(
        ["size", "rows of inputs", "build", "processor", "of bare DuckDB", "memory", "published",
         "KPI views, median", "p95", "slowest"],
        [
            [f"{one['size']}", f"{one['input_rows']:,}", f"{one['wall']:.0f} s",
             f"{one['processor']:.0f} s", f"{one['processor'] / one['bare']['processor']:.2f} ×",
             f"{one['peak'] / 1e9:.1f} GB", f"{one['file'] / 1e6:.0f} MB",
             *(f"{one['queries'][key] * 1e3:.1f} ms" for key in ("median", "p95", "most"))]
            for one in scales
        ],
    )  # fmt: skip


def layers_table(scales: list[Json]) -> str:
    """Return the seconds of each layer by size, and the exponents between."""
    sizes = [one["size"] for one in scales]
    rows = []
    for layer in LAYER_ORDER:
        took = [one["layers"].get(layer, 0.0) for one in scales]
        rows.append([layer, *(f"{value:.1f}" for value in took), *powers(took, sizes)])
    took = [one["bare"]["wall"] for one in scales]
    rows.append(["*bare DuckDB*", *(f"{value:.1f}" for value in took), *powers(took, sizes)])
    steps = [f"{first} → {second}" for first, second in itertools.pairwise(sizes)]
    return table(["layer", *(f"size {size}" for size in sizes), *steps], rows)


def slowest_table(scales: list[Json], count: int = 10) -> str:
    """Return the slowest nodes of the largest size."""
    sizes = [one["size"] for one in scales]
    slow = sorted(scales[-1]["nodes"].items(), key=lambda item: -item[1])[:count]
    steps = [f"{first} → {second}" for first, second in itertools.pairwise(sizes)]
    rows = []
    for key, _ in slow:
        took = [one["nodes"].get(key, 0.0) for one in scales]
        rows.append(
            [f"`{key.split('.')[2]}`", *(f"{value:.1f}" for value in took), *powers(took, sizes)]
        )
    return table(["node", *(f"size {size}" for size in sizes), *steps], rows)


def gate_table(gate: Json) -> str:
    """Return the gate by a million rows, both ways."""
    return table(
        ["way", "rows", "wall time", "processor time"],
        [
            [way, f"{one['rows']:,}", f"{one['wall']:.1f} s", f"{one['processor']:.1f} s"]
            for way, one in gate.items()
        ],
    )


def milliseconds(took: float | None) -> str:
    """Say seconds in milliseconds; a dash where they are not known, as those of a server."""
    return "-" if took is None else f"{took * 1e3:,.0f} ms"


def same_table(same: Json) -> str:
    """Return the same KPIs by other means, as multiples of this project's time on that input."""
    by_kpi: dict[str, list[Json]] = {}
    for one in same["kpis"]:
        by_kpi.setdefault(one["kpi"], []).append(one)
    rows = []
    for kpi, ways in by_kpi.items():
        [own] = [one["wall_seconds"] for one in ways if one["way"] == OWN_WAY]
        rows += [
            [kpi, one["way"], f"{one['wall_seconds'] * 1e3:,.0f} ms",
             milliseconds(one["processor_seconds"]), f"{one['wall_seconds'] / own:.2f} ×"]
            for one in ways
        ]  # fmt: skip
    return table(
        ["KPI", "way", "wall time", "processor time", "of this project on that input"], rows
    )


def draw(scales: list[Json], path: Path) -> None:
    """Draw seconds by size for groups of layers, both axes in powers of ten."""
    width, height = 860, 400
    left, right, top, bottom = 70, 600, 84, 350
    sizes = [one["size"] for one in scales]
    grown = scales[-1]["wall"] / scales[0]["wall"]
    title = f"{sizes[-1]} times the data take {grown:.0f} times the build"
    svg = Svg(width, height, title)
    svg.text(28, 38, title, 18, INK, 700)
    svg.text(28, 60, "Seconds of nodes by size of the data, both in powers of ten.", 12.5, MUTED)
    lines = {
        name: (colour, [sum(one["layers"].get(layer, 0) for layer in layers) for one in scales])
        for name, (colour, layers) in LINES.items()
    }
    highest = math.ceil(math.log10(max(max(took) for _, took in lines.values())))
    span = math.log10(sizes[-1] / sizes[0]) or 1

    def at(size: int, took: float) -> tuple[float, float]:
        """Return where a point lies; what is below a second lies on the axis."""
        x = left + (right - left) * math.log10(size / sizes[0]) / span
        return x, bottom - (bottom - top) * math.log10(max(took, 1)) / highest

    for power in range(highest + 1):
        _, y = at(sizes[0], 10**power)
        svg.line(f"M{left} {y:.1f} H{right}", FAINT)
        svg.text(left - 10, y + 4, f"{10**power:g} s", 11, MUTED, anchor="end")
    for size in sizes:
        svg.text(at(size, 1)[0], bottom + 22, f"× {size}", 12, MUTED, anchor="middle")
    used: list[float] = []
    for name, (colour, took) in sorted(lines.items(), key=lambda item: -item[1][1][-1]):
        points = [at(size, value) for size, value in zip(sizes, took, strict=True)]
        svg.line("M" + " L".join(f"{x:.1f} {y:.1f}" for x, y in points), colour, 2.5)
        for x, y in points:
            svg.dot(x, y, 4, colour)
        # Labels keep a line of text between them.
        y = max([points[-1][1], *(other + 17 for other in used[-1:])])
        used.append(y)
        svg.text(right + 14, y + 4, f"{name}, {took[-1]:.0f} s", 12, colour, 600)
    svg.write(path)


def page(measured: Path) -> str:
    """Return the page by the files of a folder."""
    found = {
        path.stem: json.loads(path.read_text(encoding="utf-8"))
        for path in sorted(measured.glob("*.json"))
    }
    scales, empty = found["scales"], found["empty_project"]
    return TEXT.read_text(encoding="utf-8").format(
        machine=found["machine"],
        largest=scales[-1]["size"],
        input_rows=f"{scales[-1]['input_rows']:,}",
        nodes=", ".join(f"{count} {kind}s" for kind, count in sorted(empty["nodes"].items())),
        empty=empty,
        goals=goals(empty, scales),
        sizes=sizes_table(scales),
        layers=layers_table(scales),
        slowest=slowest_table(scales),
        gate=gate_table(found["gate"]),
        same=same_table(found["same_kpis"]),
    )


def main() -> None:
    """Write the page and its picture."""
    PAGE.write_text(page(MEASURED), encoding="utf-8")
    draw(json.loads((MEASURED / "scales.json").read_text(encoding="utf-8")), PICTURE)


if __name__ == "__main__":
    main()
