"""Write the boards: one page for each file of `boards/`, and one that leads to them.

    .venv/bin/python scripts/make_boards.py [--site FOLDER] [--pdf] [BOARD ...]

`make boards` runs it after `make build`. It reads the published file and nothing else. With `--pdf`
it prints each page too, with the Chromium that it finds (scripts/find_browser.py).
"""

from __future__ import annotations

import argparse
import gzip
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from boards import behind, declaration, figures, page  # noqa: E402
from boards.browser import find_browser  # noqa: E402

# A page is mailed and read on phones: it must stay as small as this, compressed.
MOST_BYTES = 500_000


def make(published: Path, site: Path, names: list[str] | None = None) -> list[Path]:
    """Write the pages of the boards into a folder, and return their paths.

    Raises `BoardError` if a declaration, its SQL or the published file is not as it must be.
    """
    boards = declaration.read_boards()
    unknown = sorted(set(names or []) - {board.name for board in boards})
    if unknown:
        raise declaration.BoardError(f"boards/{unknown[0]}.yml is not there.")
    site.mkdir(parents=True, exist_ok=True)
    written = []
    with figures.connect(published) as con:
        for board in boards:
            if names and board.name not in names:
                continue
            started = time.time()
            text = page_of(con, board, boards)
            size = compressed(text)
            path = site / f"{board.name}.html"
            path.write_text(text, encoding="utf-8")
            written.append(path)
            print(f"{path}  {size / 1000:.0f} kB compressed, {time.time() - started:.1f} s")
        written.append(write_index(con, boards, site))
    return written


def page_of(
    con: duckdb.DuckDBPyConnection,
    board: declaration.Board,
    boards: list[declaration.Board],
    most_bytes: int = MOST_BYTES,
) -> str:
    """Return the page of a board, with the rows behind its marks as far back as it has room."""
    content = figures.of_board(con, board)
    found = behind.find(con, board, content["panels"])
    for level in behind.LEVELS:
        rows = behind.on_page(found, level, content["periods"])
        text = page.of_board(board, content | {"behind": rows}, boards)
        size = compressed(text)
        if size <= most_bytes:
            return text
    raise declaration.BoardError(
        f"{board.file}: the page has {size:,} bytes compressed, more than {most_bytes:,}: "
        "name fewer cuts, or show fewer rows behind its figures."
    )


def compressed(text: str) -> int:
    """Return how many bytes a page has on its way to a reader."""
    return len(gzip.compress(text.encode("utf-8"), mtime=0))


def write_index(
    con: duckdb.DuckDBPyConnection, boards: list[declaration.Board], site: Path
) -> Path:
    """Write the start page, which leads to what is in the folder, and return its path."""
    there = {path.name for path in site.iterdir()}
    index = site / "index.html"
    [(kpi_count,)] = con.sql("select count(*) from kpis.kpi_catalog").fetchall()
    text = page.of_index(boards, figures.of_publication(con), kpi_count, there)
    index.write_text(text, encoding="utf-8")
    return index


def print_pages(pages: list[Path], language: str) -> None:
    """Print pages to PDF beside them, in one language, by a Chromium without a window."""
    browser = find_browser()
    for path in pages:
        target = path.with_name(f"{path.stem}-{language}.pdf")
        with tempfile.TemporaryDirectory() as profile:
            subprocess.run(
                [
                    browser,
                    "--headless",
                    "--no-sandbox",
                    "--disable-gpu",
                    f"--user-data-dir={profile}",
                    "--no-pdf-header-footer",
                    "--virtual-time-budget=5000",
                    f"--print-to-pdf={target}",
                    f"{path.resolve().as_uri()}#lang={language}&theme=light",
                ],
                check=True,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        print(target)


def main() -> int:
    """Write what the command line asks for; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("boards", nargs="*", help="names of boards; all if none is given")
    parser.add_argument("--site", type=Path, default=ROOT / "build" / "site")
    parser.add_argument("--pdf", action="store_true", help="print each board, in both languages")
    given = parser.parse_args()
    published = Path(os.environ.get("REVOPS_PUBLISHED_PATH") or "published/revops.duckdb")
    try:
        pages = make(ROOT / published, given.site, given.boards)
        if given.pdf:
            for language in declaration.LANGUAGES:
                print_pages([path for path in pages if path.stem != "index"], language)
    except (declaration.BoardError, RuntimeError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
