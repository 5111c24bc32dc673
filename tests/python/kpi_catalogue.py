"""The catalogue of the KPIs as its seeds give it, for tests that need no build."""

import csv

from conftest import ROOT


def rows(seed: str) -> list[dict[str, str]]:
    """Return the rows of a reference seed, every cell as text."""
    with (ROOT / "seeds/reference" / f"{seed}.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def catalogue() -> dict[str, dict]:
    """Return each KPI by its code; its `variants` are definitions by name, in their order."""
    kpis = {row["kpi"]: row | {"variants": {}} for row in rows("kpis")}
    for row in sorted(rows("kpi_variants"), key=lambda row: int(row["place"])):
        kpis[row["kpi"]]["variants"][row["variant"]] = row
    return kpis
