"""Write the lists of KPIs anew from the catalogue.

    .venv/bin/python scripts/list_kpis.py

after an edit of `seeds/reference/kpis.csv` or of a default in `kpi_variants.csv`. dbt must know
what `kpi_values` reads before it can read any file, so that the names stand in its text; so do
those of the columns of `by_month` and `by_quarter`, which have their YAML from here.
"""

from __future__ import annotations

import csv
import re
import textwrap
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
UNION = Path("models/reports/kpi_values.sql")
WIDE_VIEWS = Path("macros/wide_views.sql")
# How the value of each unit reads in the description of a column.
UNITS = {
    "amount": "in the reporting currency",
    "share": "as a share of 1",
    "ratio": "as a ratio",
    "count": "as a count",
    "score": "as a score",
}


def seed(name: str) -> list[dict[str, str]]:
    """Return the rows of a reference seed."""
    with (ROOT / "seeds/reference" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def available() -> list[str]:
    """Return the codes of the KPIs that have a view, in the order of the catalogue."""
    return [kpi["kpi"] for kpi in seed("kpis") if kpi["status"] == "available"]


def with_list(text: str) -> str:
    """Return the text of a model or macro with the KPIs that the catalogue calls available."""
    names = ", ".join(f"'{kpi}'" for kpi in available())
    lines = textwrap.fill(names + ",", 100, initial_indent="    ", subsequent_indent="    ")
    return re.sub(
        r"(\{%- set kpis = \[\n).*?(\n?\] -%\})", rf"\g<1>{lines}\n] -%}}", text, flags=re.DOTALL
    )


def described(kpi: dict[str, str], variant: dict[str, str]) -> str:
    """Return the description of the column of a KPI: its name, its default variant and its unit."""
    label = f" ({variant['label_en']})" if variant["label_en"] != "Standard" else ""
    unit = UNITS.get(variant["unit"], f"in {variant['unit']}")
    return f"{kpi['name_en']}{label}, {unit}."


def wide_view(grain: str) -> str:
    """Return the YAML of the view that has one column per KPI and one row per period of a grain."""
    kpis = {kpi["kpi"]: kpi for kpi in seed("kpis")}
    defaults = {row["kpi"]: row for row in seed("kpi_variants") if row["is_default"] == "true"}
    lines = [
        "# Written by scripts/list_kpis.py from the catalogue: change that.",
        "version: 2",
        "",
        "models:",
        f"  - name: by_{grain}",
        "    description: >",
        f"      The KPIs side by side, by {grain}: the total of each in its default variant, for a",
        "      spreadsheet and for every chart that likes columns. A KPI without a value is null:",
        "      `kpi_default` says why, and which value is provisional. The last period may be one",
        f"      to come, of plans and forecasts alone. One row per {grain}.",
        "    data_tests:",
        "      - grain_is:",
        "          arguments: {columns: [period_start]}",
        "    columns:",
        "      - name: period_start",
        "        data_type: date",
        "        description: \"{{ doc('period_start') }}\"",
        "      - name: period_end",
        "        data_type: date",
        "        description: \"{{ doc('period_end') }}\"",
        "      - name: is_over",
        "        data_type: boolean",
        "        description: \"{{ doc('is_over') }}\"",
    ]
    for kpi in available():
        text = described(kpis[kpi], defaults[kpi])
        lines += [
            f"      - name: {kpi}",
            "        data_type: decimal(28, 8)",
            "        description: >",
            *textwrap.wrap(text, 100, initial_indent=" " * 10, subsequent_indent=" " * 10),
        ]
    return "\n".join(lines) + "\n"


def written() -> dict[Path, str]:
    """Return the text of each file that this script writes, by its path in the project."""
    texts = {
        path: with_list((ROOT / path).read_text(encoding="utf-8")) for path in (UNION, WIDE_VIEWS)
    }
    for grain in ("month", "quarter"):
        texts[Path(f"models/reports/by_{grain}.yml")] = wide_view(grain)
    return texts


def main() -> None:
    """Rewrite the lists."""
    for path, text in written().items():
        (ROOT / path).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
