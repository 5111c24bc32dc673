"""The tables that another engine gets from DuckDB: those that the models built there read."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# The rooms whose models DuckDB builds for every engine, and those that are built on the engine.
BUILT_HERE = ("connectors", "inputs", "gate", "staging")
BUILT_THERE = ("intermediate", "marts", "aggregates", "kpis", "reports")
# Says of a schema that a build may replace it; a schema without it belongs to somebody else.
MARK = "Built by the RevOps warehouse, and replaced by its next build."
# It compares published files, which DuckDB alone has; reports of it are left out elsewhere.
LEFT_OUT = "publish"


@dataclass(frozen=True, order=True)
class Table:
    """A table to hand over; schema and name are the same on both sides."""

    schema: str
    name: str


def room_of(node: dict[str, Any]) -> str:
    """Return the room of a node of dbt's manifest: the first folder of a model, or its kind."""
    return (
        Path(node["path"]).parts[0] if node["resource_type"] == "model" else node["resource_type"]
    )


def tables_of(manifest: Path) -> list[Table]:
    """Return the tables that models built on the engine read and that are not built there.

    manifest    the manifest.json of a dbt command on DuckDB
    """
    nodes = json.loads(manifest.read_text(encoding="utf-8"))["nodes"]
    return sorted(
        {
            Table(nodes[parent]["schema"], nodes[parent]["alias"])
            for node in nodes.values()
            if room_of(node) in BUILT_THERE
            for parent in node["depends_on"]["nodes"]
            if room_of(nodes[parent]) not in (*BUILT_THERE, LEFT_OUT)
        }
    )


def commands(target: str, arguments: list[str]) -> tuple[list[str], list[str]]:
    """Return the two dbt commands of a build: the one on DuckDB, and the one on the engine.

    Tests that look at both sides of the hand-over are left to the build on DuckDB alone.
    """
    usual = ["--indirect-selection", "cautious"]
    here = [*(f"path:models/{room}" for room in BUILT_HERE), "resource_type:seed"]
    there = [f"path:models/{room}" for room in BUILT_THERE]
    return (
        ["build", *usual, "--target", "duckdb", *arguments, "--select", *here],
        ["build", *usual, "--target", target, *arguments, "--select", *there,
         "--exclude", f"path:models/{LEFT_OUT}+"],
    )  # fmt: skip
