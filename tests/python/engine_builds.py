"""Builds on another engine than DuckDB, by what `make build TARGET=` runs, and their comparison."""

import os
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
PATIENCE = 1800
# A developer's own servers must not be met.
OF_SERVERS = re.compile(r"PG[A-Z]+|REVOPS_SPARK_[A-Z]+")


def without_servers():
    """Return the environment without what leads to a server."""
    return {name: value for name, value in os.environ.items() if not OF_SERVERS.fullmatch(name)}


def python(engine):
    """Return the Python of an engine's environment."""
    return ROOT / f".venv-{engine}" / "bin" / "python"


def run(engine, variables, *arguments):
    """Run the engine's Python with the variables that lead to it."""
    return subprocess.run(
        [python(engine), *map(str, arguments)],
        env={**without_servers(), **variables}, cwd=ROOT, capture_output=True, text=True,
        check=False, timeout=PATIENCE,
    )  # fmt: skip


def build_on(engine, variables, folder, *arguments):
    """Build there, with the files of a folder of the test."""
    files = {
        "REVOPS_BUILD_PATH": str(folder / "build" / "revops.duckdb"),
        "REVOPS_PUBLISHED_PATH": str(folder / "published" / "revops.duckdb"),
        "DBT_TARGET_PATH": str(folder / "target"),
        "DBT_LOG_PATH": str(folder / "logs"),
        "DBT_PROFILES_DIR": str(ROOT),
    }
    return run(engine, {**variables, **files}, ROOT / "scripts" / "build_on.py", engine, *arguments)


def compare(engine, variables, folder, demo_build, *arguments):
    """Compare what was built there with the demo in DuckDB."""
    manifest = folder / "target" / "manifest.json"
    return run(
        engine, variables, "-m", "engines.parity", engine, "--build", demo_build.build_path,
        "--manifest", manifest, *arguments,
    )  # fmt: skip


def assert_same(comparison):
    """Hold a comparison to all tables being the same."""
    assert comparison.returncode == 0, comparison.stdout + comparison.stderr
    assert re.search(r"^(\d+) of \1 tables are the same", comparison.stdout, re.MULTILINE), (
        comparison.stdout
    )
