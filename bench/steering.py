"""How long does steering take? Seconds of DuckDB for each of its models, and for their tests.

`make bench` runs the SQL of each node again, as the last build has compiled it (`manifest.json`),
on that build's file: with one thread, and nothing of dbt around it. The fastest of several runs
counts. A table is made as a temporary one. A view costs a build nothing, and is left out; its tests
are not. The history is compared with the file that is published now.

Steering is what `REPORTS` names, and every step that nothing else reads: scorecard, drivers,
history and alerts, forecasts, pipeline review and renewals. All of its models together are to stay
below 3 seconds on the demo; beside them stand all other models. Nothing is asserted.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import duckdb

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from publication import history  # noqa: E402

TARGET = 3.0
KEPT_DAYS = 1_100
REPORTS = {
    "alerts",
    "areas_to_improve",
    "fct_stale_kpis",
    "forecast_categories",
    "forecast_review",
    "kpi_forecast_accuracy",
    "kpi_history",
    "kpi_inputs",
    "kpi_restatements",
    "kpi_sales_forecast",
    "kpi_trust",
    "kpi_values_as_published",
    "pipeline_review",
    "renewal_risk_reasons",
    "renewals",
    "sales_forecast",
}
# They are read by hand, too.
NO_STEERING = {
    "fct_activities",
    "fct_deal_stage_entries",
    "fct_input_loads",
    "kpi_catalog",
}
# It reads every report.
LAST = "publications"

Node = dict[str, Any]


def steering(models: dict[str, Node]) -> set[str]:
    """Return the ids of the reports and of all steps that only they read."""
    readers: dict[str, set[str]] = {key: set() for key in models}
    for key, model in models.items():
        for parent in model["depends_on"]["nodes"]:
            if parent in models and model["name"] != LAST:
                readers[parent].add(key)
    found = {key for key, model in models.items() if model["name"] in REPORTS}
    while True:
        more = {
            key
            for key, model in models.items()
            if key not in found
            and model["name"] not in NO_STEERING
            and readers[key]
            and readers[key] <= found
        }
        if not more:
            return found
        found |= more


def sql_of(node: Node, con: duckdb.DuckDBPyConnection, published: Path) -> str | None:
    """Return the SQL whose rows a node has; None if it has none that costs a build anything."""
    if node["name"] in history.TABLES:
        state = history.State(con, history.attach(con, published), KEPT_DAYS)
        return history.TABLES[node["name"]](state)
    if node["language"] != "sql" or not node.get("compiled_code"):
        return None
    if node["resource_type"] == "model" and node["config"]["materialized"] == "view":
        return None
    return node["compiled_code"]


def seconds(con: duckdb.DuckDBPyConnection, node: Node, sql: str, times: int) -> float:
    """Run a node so many times and return its fastest time."""
    best = float("inf")
    for _ in range(times):
        started = time.perf_counter()
        if node["resource_type"] == "test":
            con.execute(sql).fetchall()
        else:
            con.execute(f"create or replace temp table timed as {sql}")
        best = min(best, time.perf_counter() - started)
    return best


def report(title: str, found: dict[str, float], shown: float) -> float:
    """Print the slow ones of some nodes, and their sum; return it."""
    for name, spent in sorted(found.items(), key=lambda item: -item[1]):
        if spent >= shown:
            print(f"{spent:9.3f} s  {name}")
    total = sum(found.values())
    print(f"{total:9.3f} s  {title}: {len(found)}\n")
    return total


def main() -> None:
    """Time the nodes of steering and the other models, and print both."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    build = os.environ.get("REVOPS_BUILD_PATH", "build/revops.duckdb")
    published = os.environ.get("REVOPS_PUBLISHED_PATH", "published/revops.duckdb")
    target = os.environ.get("DBT_TARGET_PATH", "target")
    parser.add_argument("--build", type=Path, default=build, help="the build file")
    parser.add_argument("--published", type=Path, default=published, help="the published file")
    parser.add_argument("--manifest", type=Path, default=Path(target) / "manifest.json")
    parser.add_argument("--times", type=int, default=3, help="how often each node is run")
    parser.add_argument("--shown", type=float, default=0.02, help="seconds from which it is shown")
    parser.add_argument("--steering", action="store_true", help="leave out all other models")
    options = parser.parse_args()
    nodes = json.loads(options.manifest.read_text(encoding="utf-8"))["nodes"]
    models = {key: node for key, node in nodes.items() if node["resource_type"] == "model"}
    mine = steering(models)
    spent: dict[str, dict[str, float]] = {"models": {}, "tests": {}, "others": {}}
    with duckdb.connect(str(options.build), read_only=True) as con:
        con.execute("set threads = 1")
        con.execute("set TimeZone = 'UTC'")
        for key, node in nodes.items():
            if node["resource_type"] == "test":
                kind = "tests" if mine & set(node["depends_on"]["nodes"]) else None
            else:
                kind = "models" if key in mine else "others" if key in models else None
            if not kind or (kind == "others" and options.steering):
                continue
            sql = sql_of(node, con, options.published)
            if sql:
                spent[kind][node["name"]] = seconds(con, node, sql, options.times)
    total = report("models of steering", spent["models"], options.shown)
    report("tests that read them", spent["tests"], options.shown)
    if spent["others"]:
        rest = report("all other models", spent["others"], max(0.1, options.shown))
        print(f"models of steering: {total / rest:.1%} of all others")
    print(f"models of steering: {total:.2f} s, target {TARGET:.0f} s")


if __name__ == "__main__":
    main()
