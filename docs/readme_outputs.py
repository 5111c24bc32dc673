"""Run the examples of the README and write what they really answer below them.

    .venv/bin/python docs/readme_outputs.py

after `make build`. An example is a fenced block below `<!-- run: published -->` (SQL on the
published file), `<!-- run: build -->` (SQL on the build file) or `<!-- run: python -->`; if a block
below `<!-- output -->` follows, it holds the answer. The tests run the same code.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb

ROOT = Path(__file__).resolve().parents[1]
EXAMPLE = re.compile(
    r"<!-- run: (?P<kind>\w+) -->\n```\w+\n(?P<code>.*?)```\n"
    r"(?P<between>\n<!-- output -->\n```text\n)?(?(between)(?P<output>.*?)```\n)",
    re.DOTALL,
)


@dataclass
class Example:
    """One runnable block of the README, and the answer that stands below it, if any."""

    kind: str
    code: str
    output: str | None


def examples(text: str) -> list[Example]:
    """Return the runnable blocks of a Markdown text."""
    return [
        Example(found["kind"], found["code"], found["output"]) for found in EXAMPLE.finditer(text)
    ]


def answer(example: Example, folder: Path) -> str:
    """Run an example beside the folders `published` and `build` of `folder`; return what it says.

    Raises whatever the example raises.
    """
    if example.kind == "python":
        done = subprocess.run(
            [sys.executable, "-c", example.code],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(done.stderr)
        return done.stdout.rstrip() + "\n"
    path = folder / {"published": "published", "build": "build"}[example.kind] / "revops.duckdb"
    with duckdb.connect(str(path), read_only=True) as con:
        return str(con.sql(example.code)).rstrip() + "\n"


def rewritten(text: str, run: Callable[[Example], str]) -> str:
    """Return the text with the answers that its examples give now."""

    def replace(found: re.Match) -> str:
        said = run(Example(found["kind"], found["code"], found["output"]))
        if found["output"] is None:
            return found[0]
        start = found.start("output") - found.start()
        end = found.end("output") - found.start()
        return found[0][:start] + said + found[0][end:]

    return EXAMPLE.sub(replace, text)


def main() -> None:
    """Rewrite the README."""
    path = ROOT / "README.md"
    path.write_text(rewritten(path.read_text(), lambda example: answer(example, ROOT)))


if __name__ == "__main__":
    main()
