"""Write down which machine measures, with which versions, and when: the head of the page."""

from __future__ import annotations

import argparse
import datetime
import os
import platform
from importlib.metadata import version
from pathlib import Path

from processes import keep


def processor() -> str:
    """Return the name of the processor, as the system tells it."""
    told = Path("/proc/cpuinfo")
    if told.exists():
        for line in told.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def main() -> None:
    """Write the file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--memory-limit", default="2.5GB", help="what scales.py lets DuckDB hold")
    parser.add_argument("--json", type=Path, required=True)
    options = parser.parse_args()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    keep(
        options.json,
        {
            "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
            "cores": os.cpu_count(),
            "memory_gb": memory / 2**30,
            "processor": processor(),
            "duckdb": version("duckdb"),
            "dbt": version("dbt-core"),
            "python": platform.python_version(),
            "memory_limit": options.memory_limit,
        },
    )


if __name__ == "__main__":
    main()
