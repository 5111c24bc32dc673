"""Tell dbt which models each board reads, and each dataset and dashboard of Superset.

`scripts/list_boards.py` writes it to `models/exposures.yml`. So dbt's pages show the boards behind
a model, and `dbt ls --select fct_deals+` names them.
"""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

from boards.declaration import FOLDER, Board
from scripts import superset_assets

# A relation of the published file; a macro `kpis.kpi_win_rate_by(…)` is of the view beside it.
RELATION = re.compile(
    r"\b(?:from|join)\s+(?:kpis|marts|aggregates)\.(?P<name>[a-z]\w*?)(?:_by(?=\s*\()|\b(?!\())"
)
# The files whose SQL reads the published file for every board, and for the dictionary.
OF_BOARDS = (FOLDER / "figures.py", FOLDER / "behind.py")
OF_DICTIONARY = (FOLDER / "dictionary.py", FOLDER / "figures.py")
OWNERS = {
    "executive": "Management",
    "marketing": "Marketing",
    "sales": "Sales",
    "customer_success": "Customer success",
    "finance": "Finance",
}
OPENING = """\
version: 2

# Written by scripts/list_boards.py from the SQL of the boards and of superset/: change that.
exposures:
"""


def relations_in(text: str) -> set[str]:
    """Return the names of the published relations that SQL reads."""
    return {found["name"] for found in RELATION.finditer(text)}


def relations_of(board: Board) -> set[str]:
    """Return the names of the published relations that a board reads."""
    read = relations_in(_texts(OF_BOARDS))
    for panel in board.panels:
        read |= relations_in(panel.sql)
        if panel.rows:
            read |= relations_in(panel.rows.sql)
        # The macros of rows are made beside `kpi_rows_of`, those of measures beside aggregates.
        read |= {each.measure.split(".")[0] for each in panel.all_figures if each.measure}
    return read


def written(boards: list[Board]) -> str:
    """Return the text of the exposures."""
    parts = [
        _exposure(
            f"board_{board.name}",
            board.title["en"],
            "dashboard",
            f"{board.question['en']} `make boards` writes it to `build/site/{board.name}.html`.",
            OWNERS.get(board.name, "Revenue operations"),
            relations_of(board),
        )
        for board in boards
    ]
    parts.append(
        _exposure(
            "dictionary",
            "KPI dictionary",
            "application",
            "Every KPI with its definition and figures; `make docs` writes it to "
            "`build/site/dictionary.html`.",
            "Revenue operations",
            relations_in(_texts(OF_DICTIONARY)),
        )
    )
    parts += [
        _exposure(
            f"superset_dataset_{name}",
            f"Superset dataset {dataset.title}",
            "dashboard",
            f"{dataset.description} In `{dataset.file}`.",
            dataset.owner,
            relations_in(dataset.sql),
        )
        for name, dataset in superset_assets.datasets().items()
    ]
    parts += [
        _exposure(
            f"superset_dashboard_{name}",
            f"Superset dashboard {dashboard.title}",
            "dashboard",
            f"{dashboard.description} `make superset` serves it; it is in `{dashboard.file}`.",
            dashboard.owner,
            relations_in("\n".join(dataset.sql for dataset in dashboard.datasets)),
        )
        for name, dashboard in superset_assets.dashboards().items()
    ]
    return OPENING + "\n".join(parts)


def _texts(paths: tuple[Path, ...]) -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in paths)


def _exposure(
    name: str, label: str, kind: str, description: str, owner: str, relations: set[str]
) -> str:
    said = textwrap.fill(description, 94, initial_indent=" " * 6, subsequent_indent=" " * 6)
    lines = [
        f"  - name: {name}",
        f"    label: {label}",
        f"    type: {kind}",
        "    maturity: high",
        "    description: >",
        said,
        f"    owner: {{name: {owner}}}",
        "    depends_on:",
        *(f"      - ref('{relation}')" for relation in sorted(relations)),
    ]
    return "\n".join(lines) + "\n"
