"""What does this project's build cost over dbt itself? One ratio, measured side by side.

`make bench` builds the demo, and an empty project of the same size: as many seeds (of one row),
models (`select 1 as id`, each materialised like its counterpart and reading the same parents) and
data tests (`select 1 where false` on the same models). The two alternate, so that a busy machine
slows both; parsing is warm, as it is for whoever builds a second time. The median of the pairs'
ratios of wall time is to stay below 1.5; processor time is shown beside it, because it hardly moves
when the machine is busy. The profile says what the difference is spent on.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from processes import Spent, build_variables, keep, run

ROOT = Path(__file__).resolve().parents[1]
TARGET = 1.5
DBT = Path(sys.executable).with_name("dbt")
BUILD = ["build", "--exclude-resource-type", "unit_test"]
PROJECT = """\
name: empty
version: "0.1.0"
config-version: 2
profile: empty
model-paths: [models]
seed-paths: [seeds]
test-paths: [tests]
flags: {send_anonymous_usage_stats: false}
"""
PROFILE = """\
empty: {target: duckdb, outputs: {duckdb: {type: duckdb, path: build.duckdb, threads: 2}}}
"""


def write_empty_project(folder: Path, manifest: dict[str, Any]) -> Counter[str]:
    """Write a project with the nodes of a manifest and nothing in them; return the counts."""
    counts: Counter[str] = Counter()
    (folder / "dbt_project.yml").write_text(PROJECT)
    (folder / "profiles.yml").write_text(PROFILE)
    for name in ("models", "seeds", "tests"):
        (folder / name).mkdir()
    for node in manifest["nodes"].values():
        kind, name = node["resource_type"], node["name"]
        parents = [
            parent.split(".")[2]
            for parent in node["depends_on"].get("nodes", [])
            if parent.startswith(("model.", "seed."))
        ]
        reads = "".join(f"-- depends_on: {{{{ ref('{parent}') }}}}\n" for parent in parents)
        if kind == "seed":
            (folder / "seeds" / f"{name}.csv").write_text("id\n1\n")
        elif kind == "model":
            # An incremental model stands for a table here: it is the same work.
            kept = "view" if node["config"]["materialized"] == "view" else "table"
            config = f"{{{{ config(materialized='{kept}', schema='{node['fqn'][1]}') }}}}\n"
            (folder / "models" / f"{name}.sql").write_text(config + reads + "select 1 as id\n")
        elif kind == "test":
            (folder / "tests" / f"{name}.sql").write_text(reads + "select 1 as id where false\n")
        else:
            continue
        counts[kind] += 1
    return counts


def build(project: Path, folder: Path) -> Spent:
    """Build a project, writing to the folder only; return what it took."""
    (folder / "build").mkdir(parents=True, exist_ok=True)
    return run(
        [DBT, *BUILD], project, {"DBT_PROFILES_DIR": str(project), **build_variables(folder)}
    )


def slowest(folder: Path, count: int = 12) -> list[tuple[float, str]]:
    """Return the slowest nodes of the last build: seconds and name. Two nodes run at once."""
    results = json.loads((folder / "target" / "run_results.json").read_text())["results"]
    nodes = [(result["execution_time"], result["unique_id"].split(".")[2]) for result in results]
    return sorted(nodes, reverse=True)[:count]


def node_seconds(folder: Path) -> float:
    """Return the sum of the nodes' times in the last build."""
    return sum(seconds for seconds, _ in slowest(folder, count=10_000))


def import_seconds(module: str) -> float:
    """Return the wall time of a fresh Python that imports a module."""
    started = time.perf_counter()
    subprocess.run([sys.executable, "-W", "ignore", "-c", f"import {module}"], cwd=ROOT, check=True)
    return time.perf_counter() - started


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--json", type=Path, help="write what was measured to this file, too")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        ours, empty, project = (Path(scratch) / name for name in ("ours", "empty", "project"))
        project.mkdir()
        build(ROOT, ours)
        manifest = json.loads((ours / "target" / "manifest.json").read_text())
        counts = write_empty_project(project, manifest)
        build(project, empty)
        print(", ".join(f"{count} {kind}s" for kind, count in sorted(counts.items())))
        print(f"{'':6}{'wall time':>28}{'processor time':>28}")
        print(f"{'pair':>6}" + f"{'demo':>10}{'empty':>10}{'ratio':>8}" * 2)
        ratios = []
        for number in range(1, options.pairs + 1):
            of_demo, of_empty = build(ROOT, ours), build(project, empty)
            pair = [(of_demo.wall, of_empty.wall), (of_demo.processor, of_empty.processor)]
            ratios.append([first / second for first, second in pair])
            line = "".join(
                f"{first:>9.1f}s{second:>9.1f}s{first / second:>8.2f}" for first, second in pair
            )
            print(f"{number:>6}{line}", flush=True)
        ratio, processor_ratio = map(statistics.median, zip(*ratios, strict=True))
        print(f"{'median':>6}{ratio:>28.2f}{processor_ratio:>28.2f}")
        verdict = "below" if ratio < TARGET else "NOT below"
        keep(
            options.json,
            {"nodes": counts, "wall_ratio": ratio, "processor_ratio": processor_ratio}
            | {"ratios": ratios},
        )
        print(f"The median ratio of wall time, {ratio:.2f}, is {verdict} the target of {TARGET}.")
        print("\nImports, each in a Python of its own:")
        for module in ("dbt.cli.main", "pandas", "great_expectations"):
            print(f"{import_seconds(module):>9.2f}s  {module}")
        print("\nNodes of the demo's last build (two run at once):")
        print(f"{node_seconds(ours):>9.2f}s  all of them; in the empty project", end=" ")
        print(f"{node_seconds(empty):.2f}s")
        for seconds, name in slowest(ours):
            print(f"{seconds:>9.2f}s  {name}")


if __name__ == "__main__":
    main()
