"""The lineage of each KPI, from dbt's manifest: KPIs, aggregates, marts, inputs.

The gate, the calendar and the reporting date are behind every figure, and would hide what is
behind this one: they are left out, as `inputs_behind` of `macros/lineage.sql` leaves them out.
Steps between a mart and its inputs are counted and not drawn.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

# The layers of the picture, from the figure back to what was delivered.
LAYERS = ("kpis", "aggregates", "marts", "inputs", "reference")


class LineageError(Exception):
    """The manifest is not there, or has no model of a KPI."""


def read_manifest(path: Path) -> dict[str, Any]:
    """Return dbt's manifest.

    Raises `LineageError` if there is none.
    """
    if not path.exists():
        raise LineageError(f"{path} is not there: `make docs` has dbt write it.")
    return json.loads(path.read_text(encoding="utf-8"))


class Lineage:
    """The models that a KPI is made of."""

    def __init__(self, manifest: dict[str, Any]) -> None:
        self.nodes = {
            key: node
            for key, node in manifest["nodes"].items()
            if node["resource_type"] in ("model", "seed")
        }
        self.keys = {node["name"]: key for key, node in self.nodes.items()}
        self.behind = cache(self._behind)

    def layer(self, key: str) -> str | None:
        """Return the layer of a node; None for one that the picture leaves out."""
        node = self.nodes.get(key)
        if node is None or node["fqn"][1] == "gate" or "calendar" in node["fqn"]:
            return None
        return "reference" if node["resource_type"] == "seed" else node["fqn"][1]

    def subject(self, kpi: str) -> str:
        """Return the subject of a KPI: the folder of its view."""
        return self._view(kpi)["fqn"][2]

    def of_kpi(self, kpi: str) -> dict[str, list[str]]:
        """Return what each node of the picture of a KPI is made of, by names: {name: parents}."""
        found: dict[str, list[str]] = {}
        waiting = [self._view(kpi)["unique_id"]]
        while waiting:
            key = waiting.pop()
            name = self.nodes[key]["name"]
            if name in found:
                continue
            parents = self.parents(key)
            found[name] = sorted(self.nodes[each]["name"] for each in parents)
            waiting += [each for each in parents if self.layer(each) not in ("inputs", "reference")]
        return found

    def parents(self, key: str) -> frozenset[str]:
        """Return the nearest nodes of the picture behind one of it.

        A mart is followed to the inputs: other marts on the way are steps to it.
        """
        stops = ("kpis", "aggregates", "marts", "inputs", "reference")
        return self.behind(key, stops[3:] if self.layer(key) == "marts" else stops)

    def _behind(self, key: str, stops: tuple[str, ...]) -> frozenset[str]:
        found: set[str] = set()
        for parent in self.nodes[key]["depends_on"].get("nodes", []):
            layer = self.layer(parent)
            if layer in stops:
                found.add(parent)
            elif layer is not None:
                found |= self.behind(parent, stops)
        return frozenset(found)

    def _view(self, kpi: str) -> dict[str, Any]:
        key = self.keys.get(f"kpi_{kpi}")
        if key is None:
            raise LineageError(f"dbt's manifest has no model kpi_{kpi}: it is of another project.")
        return self.nodes[key]

    def layers(self, names: set[str]) -> dict[str, str]:
        """Return the layer of each of these nodes."""
        return {name: self.layer(self.keys[name]) or "" for name in sorted(names)}
