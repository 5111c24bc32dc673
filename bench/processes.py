"""Run a command, and say what it took: shared by the benchmarks."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# How many lines are shown of the output of a command that failed.
LINES_SHOWN = 30
# ru_maxrss is in kilobytes, but in bytes on macOS.
PEAK_UNIT = 1 if sys.platform == "darwin" else 1024


@dataclass(frozen=True)
class Spent:
    """The cost of a process: seconds on the clock, seconds of processor, bytes at the peak."""

    wall: float
    processor: float
    peak: int


def run(command: list[str | Path], cwd: Path, environment: dict[str, str]) -> Spent:
    """Run a command with more variables, and return what it took; stop here if it fails.

    Its peak of memory counts the process alone, and is at least that of its parent: a parent that
    holds much starts it by another process.
    """
    started = time.perf_counter()
    with subprocess.Popen(
        command,
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={
            **os.environ,
            "DO_NOT_TRACK": "1",
            "DBT_SEND_ANONYMOUS_USAGE_STATS": "0",
            "GX_ANALYTICS_ENABLED": "false",
            **environment,
        },
    ) as process:
        said = process.stdout.read()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        last = "\n".join(said.splitlines()[-LINES_SHOWN:])
        sys.exit(f"{' '.join(map(str, command))} failed:\n{last}")
    return Spent(
        time.perf_counter() - started,
        used.ru_utime + used.ru_stime,
        used.ru_maxrss * PEAK_UNIT,
    )


def build_variables(folder: Path) -> dict[str, str]:
    """Return the variables that keep all that a build writes in one folder."""
    return {
        "DBT_TARGET_PATH": str(folder / "target"),
        "DBT_LOG_PATH": str(folder / "logs"),
        "REVOPS_BUILD_PATH": str(folder / "build" / "revops.duckdb"),
        "REVOPS_PUBLISHED_PATH": str(folder / "published" / "revops.duckdb"),
    }


def keep(path: Path | None, measured: Any) -> None:  # noqa: ANN401 (whatever JSON holds)
    """Write what was measured as JSON, if there is a path."""
    if path:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(measured, indent=1) + "\n", encoding="utf-8")
