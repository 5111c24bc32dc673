"""Write what the pages show: the answers of their examples, and the page of all KPIs.

    .venv/bin/python scripts/make_pages.py

after `make build`. An example is a fenced block below `<!-- run: published -->` (SQL on the
published file), `<!-- run: build -->` (SQL on the build file), `<!-- run: python -->` or
`<!-- run: cli -->` (DuckDB's command line); if a block below `<!-- output -->` follows, it holds
the answer. `docs/kpis.md` is written as a whole, from the seeds of the catalogue, and the meanings
and cuts of the published file. The tests run this code.
"""

from __future__ import annotations

import csv
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb

ROOT = Path(__file__).resolve().parents[1]
EXAMPLE = re.compile(
    r"<!-- run: (?P<kind>\w+) -->\n```\w+\n(?P<code>.*?)```\n"
    r"(?P<between>\n<!-- output -->\n```text\n)?(?(between)(?P<output>.*?)```\n)",
    re.DOTALL,
)


def pages() -> list[Path]:
    """Return the README and the pages that it leads to."""
    return [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


# -- examples --------------------------------------------------------------------------------------


@dataclass
class Example:
    """One runnable block of a page, and the answer that stands below it, if any."""

    kind: str
    code: str
    output: str | None


def examples(text: str) -> list[Example]:
    """Return the runnable blocks of a Markdown text."""
    return [
        Example(found["kind"], found["code"], found["output"]) for found in EXAMPLE.finditer(text)
    ]


def answer(example: Example, folder: Path) -> str:
    """Run an example beside the folders `published` and `build` of `folder`; return what it says.

    Raises whatever the example raises.
    """
    if example.kind in ("python", "cli"):
        tools = Path(sys.executable).parent
        commands = {
            "python": [sys.executable, "-c", example.code],
            "cli": ["sh", "-c", example.code.replace(".venv/bin", str(tools))],
        }
        done = subprocess.run(
            commands[example.kind], cwd=folder, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(done.stderr)
        return done.stdout.rstrip() + "\n"
    path = folder / {"published": "published", "build": "build"}[example.kind] / "revops.duckdb"
    with duckdb.connect(str(path), read_only=True) as con:
        return str(con.sql(example.code)).rstrip() + "\n"


def rewritten(text: str, run: Callable[[Example], str]) -> str:
    """Return the text with the answers that its examples give now."""

    def replace(found: re.Match) -> str:
        said = run(Example(found["kind"], found["code"], found["output"]))
        if found["output"] is None:
            return found[0]
        start = found.start("output") - found.start()
        end = found.end("output") - found.start()
        return found[0][:start] + said + found[0][end:]

    return EXAMPLE.sub(replace, text)


# -- the page of all KPIs --------------------------------------------------------------------------

# The subject of a KPI that has no view yet, by its area; the folder of the view tells the others.
SUBJECT_OF_AREA = {
    "acquisition": "marketing",
    "activation": "marketing",
    "sales": "sales",
    "revenue": "revenue",
    "retention": "customers",
    "referral": "marketing",
}
SUBJECTS = ("marketing", "sales", "revenue", "customers", "costs")
OPENING = """\
# KPIs

[README](../README.md) · [Read the figures](read.md) · [Tables](tables.md)

<!-- Written by scripts/make_pages.py from the seeds kpis, kpi_variants and kpi_targets, and from
     the cuts of the published file: change those. -->

Every KPI of the catalogue, in English and French. The published file has the same text in
`kpis.kpi_catalog`, `kpis.kpi_variants`, `kpis.kpi_targets` and `kpis.kpi_cuts`.

- The first variant of a KPI is its default.
- A target belongs to one variant, and to periods of the lengths that it names.
- Cuts can be [combined at will](read.md#any-combination-of-cuts). Some views have more cuts, which
  cannot be combined.
- Planned KPIs are defined here and have no view yet.

Subjects:
"""


def rows_of(seed: str) -> list[dict[str, str]]:
    """Return the rows of a reference seed, every cell as text."""
    with (ROOT / "seeds/reference" / f"{seed}.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def slug(heading: str) -> str:
    """Return the anchor that GitHub gives a heading."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def subject_of(kpi: dict[str, str]) -> str:
    """Return the subject of a KPI: the folder of its view, or that of its area."""
    views = list((ROOT / "models/kpis").rglob(f"kpi_{kpi['kpi']}.sql"))
    return views[0].parent.name if views else SUBJECT_OF_AREA[kpi["area"]]


def table(header: list[str], lines: list[list[str]]) -> list[str]:
    """Return a Markdown table as lines of text."""
    cells = [header, ["---"] * len(header), *lines]
    return ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in cells]


def coded(names: list[str]) -> str:
    """Return names as a list of code words."""
    return ", ".join(f"`{name}`" for name in names)


def targets_said(targets: list[dict[str, str]]) -> list[str]:
    """Return one line for each target of a KPI, with the lengths of periods that it holds for."""
    grains = defaultdict(list)
    for row in targets:
        # The note ends with the numbers of the documents that it is from.
        note = re.sub(r" \([\d, ]+\)$", "", row["note"])
        cut = "" if row["dimension"] == "all" else f", {row['dimension']} {row['segment']}"
        watch = f", watched from {row['watch_level']}" if row["watch_level"] else ""
        said = f"**{row['target']}**{watch} ({note})"
        grains[row["variant"], row["valid_from"], cut, said].append(row["period_grain"])
    lines = []
    for (variant, first_day, cut, said), periods in grains.items():
        since = "" if first_day == "1990-01-01" else f", from {first_day}"
        lines.append(f"- Target of `{variant}` by {coded(periods)}{cut}{since}: {said}.")
    return lines


def cuts_said(variants: list[str], cuts: list[str], own: dict[str, list[str]]) -> str:
    """Return a line with the cuts of a KPI; `own` are those of its view alone, with variants."""
    of_view = [
        f"`{dimension}`" + ("" if len(which) == len(variants) else f" (of {coded(which)})")
        for dimension, which in own.items()
    ]
    if not cuts and not of_view:
        return "- Cuts: none, there is only the total."
    said = f"- Cuts: {coded(cuts)}." if cuts else "- Cuts that can be combined: none."
    return said + (f" The view alone also has {', '.join(of_view)}." if of_view else "")


def kpi_said(
    kpi: dict[str, str], variants: list[dict], targets: list, cuts: list[str]
) -> list[str]:
    """Return the lines on one KPI; `cuts` are those on its cuts."""
    is_planned = kpi["status"] != "available"
    view = "planned" if is_planned else f"`kpi_{kpi['kpi']}`"
    owner = f"owned by {kpi['team'].replace('_', ' ')}"
    if kpi["team"] == "shared":
        owner = "shared by marketing and sales"
    lines = [
        f"### {kpi['name_en']}",
        "",
        f"{view} · *{kpi['name_fr']}* · {owner} · "
        f"{'leading' if kpi['lead_or_lag'] == 'lead' else 'lagging'} figure",
        "",
        kpi["description_en"],
        "",
        f"*{kpi['description_fr']}*",
        "",
        *table(
            ["variant", "name", "formula", "*formule*", "unit", "direction"],
            [
                [
                    f"`{row['variant']}`",
                    f"{row['label_en']} / *{row['label_fr']}*",
                    row["formula_en"],
                    row["formula_fr"],
                    row["unit"],
                    row["direction"].replace("_", " "),
                ]
                for row in variants
            ],
        ),
        "",
        *uses_said(variants),
        *targets_said(targets),
    ]
    return [*lines, *([] if is_planned else [*cuts, grains_said(variants)]), ""]


def uses_said(variants: list[dict[str, str]]) -> list[str]:
    """Return the lines that say which variant to use when, in both languages."""
    uses = [
        [f"`{row['variant']}`", row["when_to_use_en"], f"*{row['when_to_use_fr']}*"]
        for row in variants
        if row["when_to_use_en"]
    ]
    return [*table(["variant", "when to use it", "*quand l’utiliser*"], uses), ""] if uses else []


def grains_said(variants: list[dict[str, str]]) -> str:
    """Return a line with the lengths of the periods of a KPI: all its variants have the same."""
    [grains] = {row["grains"] for row in variants}
    return f"- Periods: {coded(grains.split('|'))}."


def kpi_page(published: Path) -> str:
    """Return the page of all KPIs, by subject, with the cuts that a published file has."""
    with duckdb.connect(str(published), read_only=True) as con:
        cuts, own = defaultdict(list), defaultdict(lambda: defaultdict(list))
        meant = defaultdict(list)
        for kpi, cut, means in con.sql(
            "select kpi, cut, means_en from kpis.kpi_cuts order by all"
        ).fetchall():
            cuts[kpi].append(cut)
            if means:
                meant[kpi].append(f"- {cut.capitalize()}: {means}.")
        meanings = dict(con.sql("select kpi, description_en from kpis.kpi_catalog").fetchall())
        for kpi, dimension, variant in con.sql(
            "select distinct kpi, dimension, variant from kpis.kpi_values "
            "where dimension != 'all' order by all"
        ).fetchall():
            if dimension not in cuts[kpi]:
                own[kpi][dimension].append(variant)
    variants, targets, subjects = defaultdict(list), defaultdict(list), defaultdict(list)
    for row in sorted(rows_of("kpi_variants"), key=lambda row: int(row["place"])):
        variants[row["kpi"]].append(row)
    for row in rows_of("kpi_targets"):
        targets[row["kpi"]].append(row)
    for row in rows_of("kpis"):
        subjects[subject_of(row)].append(row | {"description_en": meanings[row["kpi"]]})
    lines = [OPENING]
    for subject in SUBJECTS:
        count = len(subjects[subject])
        lines += [f"- [{subject.capitalize()}](#kpis-of-{subject}): {count} KPIs"]
    for subject in SUBJECTS:
        lines += ["", f"## KPIs of {subject}", ""]
        lines += [f"[How they are counted](definitions/{subject}.md)", ""]
        overview = []
        for row in subjects[subject]:
            found = variants[row["kpi"]]
            name = f"[{row['name_en']}](#{slug(row['name_en'])})"
            name += "" if row["status"] == "available" else " (planned)"
            names = coded([variant["variant"] for variant in found])
            overview.append([f"`{row['kpi']}`", name, found[0]["unit"], names])
        lines += [*table(["KPI", "name", "unit", "variants, default first"], overview), ""]
        for row in subjects[subject]:
            found, kpi = variants[row["kpi"]], row["kpi"]
            said = cuts_said([each["variant"] for each in found], cuts[kpi], own[kpi])
            lines += kpi_said(row, found, targets[kpi], [said, *meant[kpi]])
    return "\n".join(lines).rstrip() + "\n"


def main() -> None:
    """Rewrite the pages."""
    for path in pages():
        text = path.read_text(encoding="utf-8")
        path.write_text(rewritten(text, lambda example: answer(example, ROOT)), encoding="utf-8")
    page = kpi_page(ROOT / "published" / "revops.duckdb")
    (ROOT / "docs" / "kpis.md").write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
