"""Write `macros/macros.yml`: the description of each macro, which is the comment above it.

Generic tests and materializations are macros too.

    .venv/bin/python scripts/list_macros.py

dbt's pages show them. A test fails if the file is not what this script writes, or if a macro has
no comment; a macro of one engine (`duckdb__as_day`) is described by the one that chooses it.
"""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FILE = ROOT / "macros" / "macros.yml"
FOLDERS = (ROOT / "macros", ROOT / "tests" / "generic")
MACRO = re.compile(
    r"\{%-?\s*(?P<kind>macro|test|materialization)\s+(?P<name>\w+)"
    r"(?:\s*,\s*adapter='(?P<engine>\w+)')?"
)
COMMENT = re.compile(r"\{#-?(?P<text>(?:(?!#\}).)*?)-?#\}\s*$", re.DOTALL)
OF_ENGINE = re.compile(r"(?P<engine>default|duckdb|postgres|spark)__(?P<name>\w+)")
ENGINES = {
    "default": "other engines",
    "duckdb": "DuckDB",
    "postgres": "PostgreSQL",
    "spark": "Spark",
}
OPENING = """\
version: 2

# Written by scripts/list_macros.py from the comments above the macros: change those.
macros:
"""


def described() -> dict[str, str]:
    """Return the description of each macro, by name; an empty one where it has no comment."""
    found = {}
    for path in sorted(path for folder in FOLDERS for path in folder.rglob("*.sql")):
        text = path.read_text(encoding="utf-8")
        for macro in MACRO.finditer(text):
            engine = OF_ENGINE.fullmatch(macro["name"])
            if engine:
                said = f"The form of `{engine['name']}` for {ENGINES[engine['engine']]}."
            else:
                comment = COMMENT.search(text[: macro.start()])
                said = first_paragraph(comment["text"]) if comment else ""
            found[_name(macro)] = said
    return found


def _name(macro: re.Match) -> str:
    """Return the name under which dbt knows a macro, a test or a materialization."""
    if macro["kind"] == "test":
        return f"test_{macro['name']}"
    if macro["kind"] == "materialization":
        return f"materialization_{macro['name']}_{macro['engine'] or 'default'}"
    return macro["name"]


def first_paragraph(comment: str) -> str:
    """Return the first paragraph of a comment as one line that dbt does not take for Jinja."""
    paragraph = textwrap.dedent(comment).strip().split("\n\n")[0]
    return re.sub(r"([{%])(?=[{%#])", r"\1 ", " ".join(paragraph.split()))


def written() -> str:
    """Return the text of the file."""
    lines = []
    for name, said in sorted(described().items()):
        lines += [
            f"  - name: {name}",
            "    description: >",
            *textwrap.wrap(
                said, 98, initial_indent=" " * 6, subsequent_indent=" " * 6,
                break_long_words=False, break_on_hyphens=False,
            ),
        ]  # fmt: skip
    return OPENING + "\n".join(lines) + "\n"


if __name__ == "__main__":
    FILE.write_text(written(), encoding="utf-8")
