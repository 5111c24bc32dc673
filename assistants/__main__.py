"""Serve the published KPIs to an assistant, over standard input and output.

.venv/bin/python -m assistants [--published FILE] [--seconds 10]
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from assistants import server
from assistants.published import SECONDS, Published


def main() -> None:
    """Serve until the assistant closes the standard input."""
    parser = argparse.ArgumentParser(prog="assistants", description=__doc__)
    parser.add_argument(
        "--published",
        type=Path,
        default=Path(os.environ.get("REVOPS_PUBLISHED_PATH") or "published/revops.duckdb"),
        help="the published file (default: $REVOPS_PUBLISHED_PATH or %(default)s)",
    )
    parser.add_argument(
        "--seconds",
        type=float,
        default=SECONDS,
        help="how long one answer may take (default: %(default)s)",
    )
    arguments = parser.parse_args()
    server.serve(Published(arguments.published, arguments.seconds))


if __name__ == "__main__":
    main()
