"""Put the generation before in place of the published file and say what readers get.

`make rollback` runs this. The exit code is 1 if nothing was rolled back.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def main() -> int:
    """Roll back and return the exit code."""
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))
    import publication

    published = Path(os.environ.get("REVOPS_PUBLISHED_PATH", "published/revops.duckdb"))
    build = Path(os.environ.get("REVOPS_BUILD_PATH", "build/revops.duckdb"))
    try:
        print(publication.roll_back(published, build))
    except publication.PublicationError as error:
        print(error)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
