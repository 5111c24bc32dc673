"""Find the browser that prints boards and that the tests look at them with.

    python -m boards.browser        prints its path

`REVOPS_BROWSER` names another one. `scripts/install_browser.sh` installs one where it can.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)


def find_browser() -> str:
    """Return the path of a Chromium or Chrome.

    Raises `RuntimeError` that says what to install if there is none.
    """
    named = os.environ.get("REVOPS_BROWSER")
    found = [named] if named else [*map(shutil.which, NAMES), *PLACES]
    for path in found:
        if path and Path(path).exists():
            return path
    raise RuntimeError(
        "No Chromium is here: run `sh scripts/install_browser.sh`, install Chromium or Chrome "
        "yourself, or name one with REVOPS_BROWSER=/path/to/chrome."
    )


if __name__ == "__main__":
    try:
        print(find_browser())
    except RuntimeError as error:
        sys.exit(str(error))
