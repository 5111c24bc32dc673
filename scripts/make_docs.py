"""Write the pages that explain the figures: `make docs` runs it after `make build`.

    .venv/bin/python scripts/make_docs.py [--site FOLDER] [--manifest PATH] [--models PATH]

It reads the published file and dbt's manifest, and writes the dictionary of the KPIs, the data
model and the start page. `--models` is dbt's own page in one file, which is copied beside them.
"""

from __future__ import annotations

import argparse
import gzip
import os
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from boards import declaration, dictionary, entities, figures, lineage, page  # noqa: E402
from scripts import make_boards, make_pictures  # noqa: E402


def make(published: Path, manifest_path: Path, site: Path, models: Path | None = None) -> list:
    """Write the pages into a folder, and return their paths.

    Raises `BoardError` or `LineageError` if the published file or the manifest is not there.
    """
    boards = declaration.read_boards()
    manifest = lineage.read_manifest(manifest_path)
    site.mkdir(parents=True, exist_ok=True)
    if models is not None:
        shutil.copyfile(models, site / "models.html")
    make_pictures.draw_lineage(manifest, site / "lineage.svg")
    # A board that is not written yet is no link.
    there = [board for board in boards if (site / f"{board.name}.html").exists()]
    with figures.connect(published) as con:
        texts = {
            "dictionary": page.of_dictionary(
                dictionary.of_dictionary(con, lineage.Lineage(manifest)), there
            ),
            "entities": page.of_entities(entities.of_entities(con, manifest), there),
        }
        written = []
        for name, text in texts.items():
            path = site / f"{name}.html"
            path.write_text(text, encoding="utf-8")
            size = len(gzip.compress(text.encode("utf-8"), mtime=0))
            print(f"{path}  {size / 1000:.0f} kB compressed")
            written.append(path)
        written.append(make_boards.write_index(con, boards, site))
    return written


def main() -> int:
    """Write what the command line asks for; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    target = ROOT / (os.environ.get("DBT_TARGET_PATH") or "target")
    parser.add_argument("--site", type=Path, default=ROOT / "build" / "site")
    parser.add_argument("--manifest", type=Path, default=target / "manifest.json")
    parser.add_argument("--models", type=Path, help="dbt's page in one file")
    given = parser.parse_args()
    published = Path(os.environ.get("REVOPS_PUBLISHED_PATH") or "published/revops.duckdb")
    try:
        make(ROOT / published, given.manifest, given.site, given.models)
    except (declaration.BoardError, lineage.LineageError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
