"""Write `models/exposures.yml`: which models each board reads, and each dataset of Superset.

    .venv/bin/python scripts/list_boards.py

A test fails with the name of the board if the file is not what this script writes.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from boards import declaration, exposures  # noqa: E402

FILE = ROOT / "models" / "exposures.yml"

if __name__ == "__main__":
    FILE.write_text(exposures.written(declaration.read_boards()), encoding="utf-8")
