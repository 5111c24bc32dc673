"""What another engine gets from DuckDB: the tables that the models built there read."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

# The rooms whose models are built on the other engine.
BUILT_THERE = ("intermediate", "marts", "aggregates", "kpis", "reports")
# Models there that compare published files, which DuckDB alone has.
LEFT_OUT = "publish"


@dataclass(frozen=True)
class Table:
    """A table to hand over: its schema and name, the same on both sides."""

    schema: str
    name: str


def room_of(node: dict) -> str:
    """Return the room of a node of the manifest: the first folder of a model, or its kind."""
    return Path(node["path"]).parts[0] if node["resource_type"] == "model" else node["resource_type"]


def tables_of(manifest_path: Path) -> list[Table]:
    """Return the tables that models built there read and that are not built there, in order."""
    nodes = json.loads(manifest_path.read_text(encoding="utf-8"))["nodes"]
    found = set()
    for node in nodes.values():
        if room_of(node) not in BUILT_THERE:
            continue
        for parent in node["depends_on"]["nodes"]:
            if room_of(nodes[parent]) not in (*BUILT_THERE, LEFT_OUT):
                found.add(Table(nodes[parent]["schema"], nodes[parent]["alias"]))
    return sorted(found, key=lambda table: (table.schema, table.name))
