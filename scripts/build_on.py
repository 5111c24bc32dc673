"""Build the warehouse on another engine than DuckDB, and publish it there.

    .venv-postgres/bin/python scripts/build_on.py postgres

`make build TARGET=postgres` runs this. Connectors, gate and staging run in DuckDB, as in
`make build`; what passes the gate is handed over, and dbt builds the rest there. All further
arguments go to both dbt commands. The exit code is 0, 1 if a node failed, 2 if nothing could be
built.
"""

from __future__ import annotations

import importlib
import os
import sys
import time
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from build import (  # noqa: E402
    QUIET,
    STARTED,
    Build,
    Screen,
    hush_libraries,
    tell_failures,
    tell_seconds,
)
from engines import handover  # noqa: E402
from publication.errors import PublicationError  # noqa: E402

TARGETS = ("postgres", "spark")


def has_run(build: Build, screen: Screen, command: list[str], target_path: Path) -> bool:
    """Run a dbt command; return whether all of it succeeded, having said what did not.

    target_path     folder of what dbt writes: each engine has its own
    """
    from dbt.cli.main import dbtRunner

    build.clock.idle = "parse"
    build.has_errors = False
    build.done_count = 0
    folder = ["--target-path", str(target_path)]
    outcome = dbtRunner(callbacks=[build.follow]).invoke([*command, *QUIET, *folder])
    build.clock.tick()
    tell_failures(screen, getattr(outcome.result, "results", []))
    if outcome.exception and not build.has_errors:
        screen.say(str(outcome.exception), "31")
    return outcome.success


def built(engine: ModuleType, target: str, arguments: list[str], screen: Screen) -> int:
    """Build and publish on an engine; return the exit code.

    Raises:
        PublicationError: if the engine cannot be reached, or refuses something.

    """
    build_path = Path(os.environ.setdefault("REVOPS_BUILD_PATH", "build/revops.duckdb"))
    build_path.parent.mkdir(parents=True, exist_ok=True)
    target_path = Path(os.environ.get("DBT_TARGET_PATH", "target"))
    os.environ.update(engine.settings())
    here, there = handover.commands(target, arguments)
    build = Build(screen, arguments)
    build.clock.seconds["set-up"] = time.time() - STARTED
    with engine.alone():
        screen.progress("  reading the project")
        if not has_run(build, screen, here, target_path):
            return failed(screen, engine)
        release()
        build.clock.idle = "hand-over"
        tables = handover.tables_of(target_path / "manifest.json")
        screen.progress(f"  handing {len(tables)} tables over")
        rows = engine.hand_over(build_path, tables)
        build.clock.tick()
        if not has_run(build, screen, there, target_path / target):
            return failed(screen, engine)
        build.clock.idle = "publication"
        engine.publish()
        build.clock.tick()
        loaded, kpis, with_figures = engine.counted()
    some = "all" if with_figures == kpis else with_figures
    screen.say()
    screen.say(f"Published {engine.published()}: {kpis} KPIs, {some} of them with figures", "1;32")
    screen.say(f"  {loaded:>9,}  rows read")
    screen.say(f"  {rows:>9,}  rows handed over in {len(tables)} tables")
    tell_seconds(screen, build.clock.seconds)
    screen.say("Next:", "1")
    for line in engine.next_steps():
        screen.say(f"  {line}")
    return 0


def release() -> None:
    """Close the build file, which dbt keeps open until its process ends."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    DuckDBConnectionManager.close_all_connections()


def failed(screen: Screen, engine: ModuleType) -> int:
    """Say that nothing was published; return the exit code."""
    screen.say()
    screen.say(
        f"The build failed. Nothing was published: {engine.published()} is as before.", "1;31"
    )
    screen.say(f"The log is in {os.environ.get('DBT_LOG_PATH', 'logs')}/dbt.log")
    return 1


def main(target: str = "", *arguments: str) -> int:
    """Run the build and return the exit code."""
    os.chdir(ROOT)
    hush_libraries()
    screen = Screen()
    if target not in TARGETS:
        known = ", ".join(TARGETS)
        screen.say(f"Nothing was built: there is no target {target!r}; there are: {known}.", "1;31")
        return 2
    try:
        engine = importlib.import_module(f"engines.{target}")
    except ModuleNotFoundError as missing:
        screen.say(
            f"Nothing was built: {missing.name} is not installed here; "
            f"`make build TARGET={target}` installs what is needed.",
            "1;31",
        )
        return 2
    try:
        return built(engine, target, list(arguments), screen)
    except PublicationError as trouble:
        screen.say(f"Nothing was published: {trouble}", "1;31")
        return 2


if __name__ == "__main__":
    try:
        sys.exit(main(*sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
