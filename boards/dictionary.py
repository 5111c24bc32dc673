"""Collect what the dictionary says of each KPI: from the published file, and dbt's manifest.

Words, formulas, targets, cuts and figures are those of the published file. What a KPI is made of
is what dbt knows of its SQL.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any

import duckdb

from boards import declaration, figures
from boards.declaration import GRAINS
from boards.lineage import Lineage

# How many periods a line shows: the last whole ones, and the one that runs.
PERIODS = 13
# A note of a target ends with the numbers of the documents that it is from.
SOURCES = re.compile(r" \([\d, ]+\)$")


def of_dictionary(con: duckdb.DuckDBPyConnection, lineage: Lineage) -> dict[str, Any]:
    """Return all that the page of the dictionary shows, ready for JSON."""
    periods = of_periods(con)
    variants, targets, inputs = of_variants(con, periods), of_targets(con), of_inputs(con)
    cuts, judged = of_cuts(con), of_judgements(con)
    formats = read_as_percent()
    kpis, parents = [], {}
    for row in _rows(con, "from kpis.kpi_catalog order by name_en"):
        kpi = row["kpi"]
        has_view = row["status"] == "available"
        if has_view:
            parents |= lineage.of_kpi(kpi)
        kpis.append(
            {
                "kpi": kpi,
                "name": _both(row, "name"),
                "description": _both(row, "description"),
                "subject": lineage.subject(kpi) if has_view else None,
                "team": row["team"],
                "stage": row["aarrr_stage"],
                "perspective": row["scorecard_perspective"],
                "lead_or_lag": row["lead_or_lag"],
                "unit": formats.get(kpi),
                "grains": row["grains"].split("|"),
                "variants": variants[kpi],
                "targets": targets[kpi],
                "judged": judged[kpi],
                "cuts": cuts[kpi],
                "inputs": inputs[kpi],
            }
        )
    names = set(parents) | {name for each in parents.values() for name in each}
    return {
        "publication": figures.of_publication(con),
        "grain": "quarter",
        "periods": periods,
        "kpis": kpis,
        "parents": parents,
        "layers": lineage.layers(names),
        "dimensions": {
            dimension: label
            for (dimension, segment), label in figures.labels_of(con).items()
            if segment is None
        },
    }


def of_periods(con: duckdb.DuckDBPyConnection) -> dict[str, list[dict[str, Any]]]:
    """Return the latest periods of each length, oldest first, with whether each is over."""
    found: dict[str, list[dict[str, Any]]] = {grain: [] for grain in GRAINS}
    for period in figures.of_periods(con):
        kept = {name: period[name] for name in ("start", "previous", "is_latest_whole")}
        found[period["grain"]].append(kept)
    return {grain: periods[-PERIODS:] for grain, periods in found.items()}


def of_variants(
    con: duckdb.DuckDBPyConnection, periods: dict[str, list[dict[str, Any]]]
) -> dict[str, list[dict[str, Any]]]:
    """Return the variants of each KPI, the default first, with their figures."""
    places = {
        (grain, period["start"]): place
        for grain, of_grain in periods.items()
        for place, period in enumerate(of_grain)
    }
    totals: dict[tuple[str, str], dict[str, Any]] = defaultdict(dict)
    for row in _rows(
        con,
        """
        select
            kpi, variant, period_grain, cast(period_start as varchar) as period_start,
            cast(value as double) as value, is_provisional, null_reason
        from kpis.kpi_values
        where dimension = 'all'
        order by all
        """,
    ):
        place = places.get((row["period_grain"], row["period_start"]))
        if place is None:
            continue
        of_grain = totals[row["kpi"], row["variant"]].setdefault(
            row["period_grain"],
            {
                "values": [None] * len(periods[row["period_grain"]]),
                "provisional": [],
                "reasons": {},
            },
        )
        of_grain["values"][place] = row["value"]
        if row["is_provisional"]:
            of_grain["provisional"].append(place)
        if row["null_reason"]:
            of_grain["reasons"][place] = row["null_reason"]
    found = defaultdict(list)
    for row in _rows(con, "from kpis.kpi_variants order by kpi, place"):
        found[row["kpi"]].append(
            {
                "variant": row["variant"],
                "label": _both(row, "label"),
                "formula": _both(row, "formula"),
                "when": _both(row, "when_to_use") if row["when_to_use_en"] else None,
                "unit": row["unit"],
                "value_type": row["value_type"],
                "direction": row["direction"],
                "needs": row["inputs"].split("|") if row["inputs"] else [],
                "figures": totals[row["kpi"], row["variant"]],
            }
        )
    return found


def of_targets(con: duckdb.DuckDBPyConnection) -> dict[str, list[dict[str, Any]]]:
    """Return the targets of each KPI; equal ones of several lengths of periods are one."""
    found: dict[str, dict[tuple, dict[str, Any]]] = defaultdict(dict)
    for row in _rows(
        con,
        """
        select
            kpi, variant, cast(valid_from as varchar) as valid_from, dimension, segment,
            cast(target as double) as target, cast(watch_level as double) as watch_level, note,
            period_grain
        from kpis.kpi_targets
        order by
            kpi, variant, dimension, segment, valid_from,
            list_position(['week', 'month', 'quarter', 'half_year', 'year'], period_grain)
        """,
    ):
        grain = row.pop("period_grain")
        row["note"] = SOURCES.sub("", row["note"] or "")
        kpi = row.pop("kpi")
        found[kpi].setdefault(tuple(row.values()), row | {"grains": []})["grains"].append(grain)
    return defaultdict(list, {kpi: list(rows.values()) for kpi, rows in found.items()})


def of_judgements(con: duckdb.DuckDBPyConnection) -> dict[str, dict[str, Any]]:
    """Return status and target of each KPI in its latest whole period, by length of period."""
    found: dict[str, dict[str, Any]] = defaultdict(dict)
    for row in _rows(
        con,
        "select kpi, period_grain, status, cast(target as double) as target from kpis.scorecard "
        "order by kpi, period_grain",
    ):
        found[row["kpi"]][row["period_grain"]] = {"status": row["status"], "target": row["target"]}
    return found


def of_inputs(con: duckdb.DuckDBPyConnection) -> dict[str, list[dict[str, Any]]]:
    """Return the input tables that each KPI reads, those first that it has no figure without."""
    found = defaultdict(list)
    for row in _rows(
        con,
        """
        select
            kpi, table_name, is_needed, row_count, rejected_row_count,
            cast(as_of as varchar) as as_of, is_stale
        from kpis.kpi_inputs
        order by kpi, not is_needed, table_name
        """,
    ):
        found[row.pop("kpi")].append(row)
    return found


def of_cuts(con: duckdb.DuckDBPyConnection) -> dict[str, list[dict[str, Any]]]:
    """Return the cuts of each KPI that can be combined, with what each means."""
    found = defaultdict(list)
    for row in _rows(con, "select kpi, cut, means_en, means_fr from kpis.kpi_cuts order by all"):
        means = _both(row, "means") if row["means_en"] else None
        found[row["kpi"]].append({"cut": row["cut"], "means": means})
    return found


def read_as_percent() -> dict[str, str]:
    """Return the units in which boards show a KPI, where they are not its own."""
    found: dict[str, str] = {}
    for board in declaration.read_boards():
        for panel in board.panels:
            found |= panel.options.get("formats") or {}
    return found


def _both(row: dict[str, Any], name: str) -> dict[str, str]:
    return {language: row[f"{name}_{language}"] for language in declaration.LANGUAGES}


def _rows(con: duckdb.DuckDBPyConnection, sql: str) -> list[dict[str, Any]]:
    result = con.execute(sql)
    names = [column[0] for column in result.description]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]
