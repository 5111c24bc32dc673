"""Write the list of KPIs in `kpi_values` anew from the catalogue.

    .venv/bin/python scripts/list_kpis.py

after an edit of `seeds/reference/kpis.csv`. dbt must know what `kpi_values`
reads before it can read any file, so that the names stand in its text.
"""

from __future__ import annotations

import csv
import re
import textwrap
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
UNION = Path("models/reports/kpi_values.sql")


def available() -> list[str]:
    """Return the codes of the KPIs that have a view, in the order of the catalogue."""
    with (ROOT / "seeds/reference/kpis.csv").open(encoding="utf-8") as file:
        return [kpi["kpi"] for kpi in csv.DictReader(file) if kpi["status"] == "available"]


def union_with_list(text: str) -> str:
    """Return the text of `kpi_values` with the KPIs that the catalogue calls available."""
    names = ", ".join(f"'{kpi}'" for kpi in available())
    lines = textwrap.fill(names + ",", 100, initial_indent="    ", subsequent_indent="    ")
    return re.sub(
        r"(\{%- set kpis = \[\n).*?(\n\] -%\})", rf"\g<1>{lines}\g<2>", text, flags=re.DOTALL
    )


def main() -> None:
    """Rewrite the list of `kpi_values`."""
    path = ROOT / UNION
    path.write_text(union_with_list(path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
