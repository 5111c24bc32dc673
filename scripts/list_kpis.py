"""Write the lists that repeat the catalogue of the KPIs: in `kpi_values` and in the README.

    .venv/bin/python scripts/list_kpis.py

after an edit of `seeds/reference/kpis.csv` or `kpi_variants.csv`. dbt must know what `kpi_values`
reads before it can read any file, so that the names stand in its text.
"""

from __future__ import annotations

import csv
import re
import textwrap
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
UNION = Path("models/reports/kpi_values.sql")
README = Path("README.md")


def catalogue() -> list[tuple[dict[str, str], list[dict[str, str]]]]:
    """Return the available KPIs in their order, each with its variants, the default first."""
    kpis, variants = (
        list(csv.DictReader((ROOT / f"seeds/reference/{seed}.csv").open(encoding="utf-8")))
        for seed in ("kpis", "kpi_variants")
    )
    variants.sort(key=lambda variant: int(variant["place"]))
    return [
        (kpi, [variant for variant in variants if variant["kpi"] == kpi["kpi"]])
        for kpi in kpis
        if kpi["status"] == "available"
    ]


def union_with_list(text: str) -> str:
    """Return the text of `kpi_values` with the KPIs that the catalogue calls available."""
    names = ", ".join(f"'{kpi['kpi']}'" for kpi, _ in catalogue())
    lines = textwrap.fill(names + ",", 100, initial_indent="    ", subsequent_indent="    ")
    return re.sub(
        r"(\{%- set kpis = \[\n).*?(\n\] -%\})", rf"\g<1>{lines}\g<2>", text, flags=re.DOTALL
    )


def readme_with_table(text: str) -> str:
    """Return the README with a row for each KPI that the catalogue calls available."""
    rows = "\n".join(
        f"| `{kpi['kpi']}` | {kpi['name_en']} | {variants[0]['unit']} | "
        + ", ".join(f"`{variant['variant']}`" for variant in variants)
        + " |"
        for kpi, variants in catalogue()
    )
    return re.sub(
        r"(\| KPI \| Name \|[^\n]*\n\|[-|]+\|\n).*?(\n\n)",
        lambda found: found[1] + rows + found[2],
        text,
        flags=re.DOTALL,
    )


def main() -> None:
    """Rewrite both files."""
    for path, rewritten in ((UNION, union_with_list), (README, readme_with_table)):
        text = (ROOT / path).read_text(encoding="utf-8")
        (ROOT / path).write_text(rewritten(text), encoding="utf-8")


if __name__ == "__main__":
    main()
