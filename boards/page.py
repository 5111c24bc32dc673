"""Write the page of a board: one file that asks nothing of anybody.

Style, scripts and figures stand in the file itself. A policy in its head allows the style and the
scripts by their checksums and forbids everything else, so that the page can neither load nor send.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
from pathlib import Path
from typing import Any

import yaml

from boards.declaration import Board

FOLDER = Path(__file__).parent
SHELL = FOLDER / "shell"
# In the order in which a page needs them.
BASE = ("start", "format", "look", "marks")
MODULES = {
    "board": (
        *BASE, "pattern", "rows", "tips", "charts", "picks",
        "waterfall", "funnel", "bars", "trend", "forecast", "drivers",
        "tiles", "cohorts", "tables", "scorecard", "alerts",
        "panels", "behind", "controls", "main",
    ),
    "index": ("start", "format", "look", "index"),
    "dictionary": (*BASE, "parts", "edges", "dictionary"),
    "entities": ("start", "format", "look", "edges", "entities"),
}  # fmt: skip
# The words that only these pages have; those of no page are written into its content.
OWN_WORDS = {
    "pages": set(),
    "about_pages": set(),
    "start": {"index"},
    "dictionary": {"dictionary"},
    "layers": {"dictionary"},
    "teams": {"dictionary"},
    "subjects": {"dictionary", "entities"},
    "lead_or_lag": {"dictionary"},
    "directions": {"dictionary"},
    "value_types": {"dictionary"},
    "units": {"dictionary"},
    "all_grains": {"dictionary"},
    "entities": {"entities"},
}
LIBRARY = SHELL / "echarts" / "echarts.min.js"


def words(kind: str | None = None) -> dict[str, Any]:
    """Return the words of the shell in both languages: all, or those of one kind of page."""
    found = yaml.safe_load((FOLDER / "words.yml").read_text(encoding="utf-8"))
    return {
        name: group
        for name, group in found.items()
        if kind is None or kind in OWN_WORDS.get(name, {kind})
    }


def script(kind: str = "board") -> str:
    """Return the script of a kind of page: its modules, one behind the other, in one scope."""
    parts = [(SHELL / f"{name}.js").read_text(encoding="utf-8") for name in MODULES[kind]]
    return '"use strict";\n(() => {\n' + "\n".join(parts) + "})();\n"


def style(*more: str) -> str:
    """Return the style of all pages, and that of `more`."""
    return "".join((SHELL / f"{name}.css").read_text(encoding="utf-8") for name in ("board", *more))


def checksum(text: str) -> str:
    """Return the source of a policy that allows exactly this text."""
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def policy(styles: list[str], scripts: list[str]) -> str:
    """Return the policy of a page that holds these styles and scripts."""
    return "; ".join(
        [
            "default-src 'none'",
            f"script-src {' '.join(map(checksum, scripts)) or repr('none')}",
            f"style-src {' '.join(map(checksum, styles))}",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
        ]
    )


def of_board(board: Board, figures: dict[str, Any], boards: list[Board]) -> str:
    """Return the page of a board; `boards` are all those that it leads to."""
    library, own, css = LIBRARY.read_text(encoding="utf-8"), script(), style()
    content = figures | {"words": words("board"), "pages": pages_of(boards)}
    return _filled(
        "board.html",
        policy=policy([css], [library, own]),
        title=html.escape(board.title["en"]),
        style=css,
        content=_embedded(content),
        library=library,
        script=own,
    )


def of_dictionary(content: dict[str, Any], boards: list[Board]) -> str:
    """Return the page of all KPIs; `boards` are those that it leads to."""
    return _without_library("dictionary", content, boards, "dictionary")


def of_entities(content: dict[str, Any], boards: list[Board]) -> str:
    """Return the page of the entities; `boards` are those that it leads to."""
    return _without_library("entities", content, boards, "dictionary")


def of_index(
    boards: list[Board], publication: dict[str, Any], kpi_count: int, there: set[str]
) -> str:
    """Return the start page; `there` are the files that it can lead to."""
    titles, abouts = words()["pages"], words()["about_pages"]

    def entry(name: str, title: dict, about: dict, command: str, file: str = "") -> dict[str, Any]:
        file = file or f"{name}.html"
        missing = None if file in there else command
        return {"name": name, "file": file, "command": missing, "title": title, "about": about}

    def docs(name: str, file: str = "") -> dict[str, Any]:
        about = {
            language: text.replace("{count}", str(kpi_count))
            for language, text in abouts[name].items()
        }
        return entry(name, titles[name], about, "make docs", file)

    readers = {
        "manager": [
            entry(board.name, board.title, board.question, "make boards") for board in boards
        ],
        "analyst": [docs("dictionary"), docs("entities")],
        "engineer": [docs("models"), docs("lineage", "lineage.svg")],
    }
    content = {
        "publication": publication,
        "readers": [{"reader": reader, "pages": pages} for reader, pages in readers.items()],
    }
    return _without_library("index", content, None)


def pages_of(boards: list[Board], *docs: str) -> list[dict[str, Any]]:
    """Return the pages that one leads to: the start page, boards, and pages of `make docs`."""
    titles = words()["pages"]
    return [
        {"name": "index", "title": titles["index"]},
        *({"name": board.name, "title": board.title} for board in boards),
        *({"name": name, "title": titles[name]} for name in docs),
    ]


def _without_library(
    kind: str, content: dict[str, Any], boards: list[Board] | None, *styles: str
) -> str:
    """Return a page that draws without the library of charts."""
    own, css, title = script(kind), style(*styles), words()["pages"][kind]
    if boards is not None:
        content = content | {"title": title, "pages": pages_of(boards, "dictionary", "entities")}
    return _filled(
        f"{kind}.html",
        policy=policy([css], [own]),
        title=html.escape(title["en"]),
        style=css,
        content=_embedded(content | {"words": words(kind)}),
        script=own,
    )


def _embedded(content: dict[str, Any]) -> str:
    """Return content as JSON that cannot end the element which holds it."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c")


def _filled(template: str, **parts: str) -> str:
    """Return a template with its parts; a part is never read for the name of another one."""
    text = (SHELL / template).read_text(encoding="utf-8")
    pieces = text.split("{{")
    filled = [pieces[0]]
    for piece in pieces[1:]:
        name, rest = piece.split("}}", 1)
        filled += [parts[name.strip()], rest]
    return "".join(filled)
