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
MODULES = (
    "start", "format", "pattern", "rows", "tips", "charts", "picks",
    "waterfall", "funnel", "bars", "trend", "forecast", "drivers",
    "tiles", "cohorts", "tables", "scorecard", "alerts",
    "panels", "behind", "controls", "main",
)  # fmt: skip
LIBRARY = SHELL / "echarts" / "echarts.min.js"


def words() -> dict[str, Any]:
    """Return the words of the shell, in both languages."""
    return yaml.safe_load((FOLDER / "words.yml").read_text(encoding="utf-8"))


def script() -> str:
    """Return the shell's own script: its modules, one behind the other, in one scope."""
    parts = [(SHELL / f"{name}.js").read_text(encoding="utf-8") for name in MODULES]
    return '"use strict";\n(() => {\n' + "\n".join(parts) + "})();\n"


def style() -> str:
    """Return the style of all pages."""
    return (SHELL / "board.css").read_text(encoding="utf-8")


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
    content = figures | {
        "words": words(),
        "boards": [{"name": each.name, "title": each.title} for each in boards],
    }
    return _filled(
        "board.html",
        policy=policy([css], [library, own]),
        title=html.escape(board.title["en"]),
        style=css,
        # A figure cannot end the element that holds it.
        content=json.dumps(content, ensure_ascii=False, separators=(",", ":")).replace(
            "<", "\\u003c"
        ),
        library=library,
        script=own,
    )


def of_index(boards: list[Board], publication: dict[str, Any]) -> str:
    """Return the page that leads to all boards."""
    css = style()
    cards = "\n".join(
        f'<li><a class="card link" href="{each.name}.html">'
        f"<strong>{html.escape(each.title['en'])}</strong>"
        f'<strong lang="fr">{html.escape(each.title["fr"])}</strong>'
        f"<span>{html.escape(each.question['en'])}</span>"
        f'<span lang="fr">{html.escape(each.question["fr"])}</span></a></li>'
        for each in boards
    )
    return _filled(
        "index.html",
        policy=policy([css], []),
        style=css,
        cards=cards,
        date=publication["reporting_date"],
    )


def _filled(template: str, **parts: str) -> str:
    """Return a template with its parts; a part is never read for the name of another one."""
    text = (SHELL / template).read_text(encoding="utf-8")
    pieces = text.split("{{")
    filled = [pieces[0]]
    for piece in pieces[1:]:
        name, rest = piece.split("}}", 1)
        filled += [parts[name.strip()], rest]
    return "".join(filled)
