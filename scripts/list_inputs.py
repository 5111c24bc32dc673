"""Write `docs/inputs.md`: the input contract, table by table, as a person reads it.

    .venv/bin/python scripts/list_inputs.py

It is made of the contracts (`models/inputs/*.yml`: columns, types, which are required) and of the
rules of the gate (`expectations/`: which words a column takes, what happens to others). A test
fails if the page is not what this script writes.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from expectations import gate  # noqa: E402
from expectations.rules import Calendar, Rule, Suite  # noqa: E402

PAGE = ROOT / "docs" / "inputs.md"
DOC = re.compile(r"\{% docs (?P<name>\w+) %\}\n(?P<text>.*?)\n\{% enddocs %\}", re.DOTALL)
# The project adds these two itself.
OWN_COLUMNS = {"input_row_id", "source_system"}
TYPES = {"varchar": "text", "timestamp": "moment", "date": "day", "boolean": "yes or no"}
CONSEQUENCES = {
    "critical": "the build stops",
    "reject": "the row is set aside",
    "blank": "the cell is emptied",
    "warn": "a warning",
}
HEAD = """\
# The input contract

[README](../README.md) · [Connect your own data](connect.md) · [The gate](gate.md)

<!-- Written by scripts/list_inputs.py from models/inputs and expectations: change those. -->

A connector gives these tables and columns; [connect](connect.md) says how. All cells may be text:
they are read as days, moments, numbers or answers as [the gate](gate.md) says. Leave out tables and
columns that you do not have.

- **Must be filled**: without the column the build stops. An empty cell has the consequence that
  stands there.
- **Takes**: the words of a column, however they are spelled, or the table whose ids it names.
  Behind it stands what happens to anything else: *the build stops*, *the row is set aside* (with
  its reason, in `quality.rejected_rows`), *the cell is emptied* (in `quality.blanked_cells`), or
  *a warning*.

"""


def descriptions() -> dict[str, str]:
    """Return the texts of the documentation blocks, by name, each on one line."""
    text = (ROOT / "models" / "docs" / "columns.md").read_text(encoding="utf-8")
    return {found["name"]: " ".join(found["text"].split()) for found in DOC.finditer(text)}


def tables() -> dict[str, dict]:
    """Return the model of each input table, by the table's name."""
    found = {}
    for path in sorted((ROOT / "models" / "inputs").glob("input_*.yml")):
        for model in yaml.safe_load(path.read_text(encoding="utf-8"))["models"]:
            found[model["name"].removeprefix("input_")] = model
    return found


def suites() -> dict[str, Suite]:
    """Return the rules of the gate, by table; the days of the calendar play no part here."""
    return {suite.table: suite for suite in gate.all_suites(Calendar("1990-01-01", "2060-01-01"))}


def page() -> str:
    """Return the page."""
    texts, rules = descriptions(), suites()
    found = tables()
    links = "\n".join(f"- [{name}](#{name})" for name in found)
    parts = [section(name, model, rules[name], texts) for name, model in found.items()]
    return HEAD + links + "\n" + "".join(parts)


def section(name: str, model: dict, suite: Suite, texts: dict[str, str]) -> str:
    """Return what the page says of one table."""
    said = " ".join(model["description"].split())
    said = re.sub(r" This is the input contract: .*? given here\.", "", said)
    key = ", ".join(f"`{column}`" for column in suite.key)
    unique = "names one row" if suite.is_unique else "may stand in several rows"
    lines = [
        f"\n## {name}\n",
        f"{said} {key} {unique}.\n",
        "| column | is | must be filled | takes |",
        "|---|---|---|---|",
    ]
    for column in model["columns"]:
        if column["name"] not in OWN_COLUMNS:
            lines.append(row(column, suite, texts))
    return "\n".join(lines) + "\n"


def row(column: dict, suite: Suite, texts: dict[str, str]) -> str:
    """Return the line of one column."""
    name = column["name"]
    kind = TYPES.get(column["data_type"], "number")
    text = re.sub(r"\{\{ doc\('(\w+)'\) \}\}", lambda block: texts[block[1]], column["description"])
    cells = [
        f"`{name}`",
        f"{kind}: {' '.join(text.split())}",
        must_be_filled(column, suite),
        "; ".join(takes(name, suite)),
    ]
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def must_be_filled(column: dict, suite: Suite) -> str:
    """Return whether a column may be left out, and what becomes of an empty cell."""
    name = column["name"]
    if column.get("config", {}).get("meta", {}).get("required") is not True:
        return ""
    severities = [
        rule.severity
        for rule in suite.all_rules()
        if rule.column == name and rule.name in ("is_filled", "key_is_not_null")
    ]
    return f"**yes**, else {CONSEQUENCES[severities[0]]}" if severities else "**the column**"


def takes(name: str, suite: Suite) -> list[str]:
    """Return what a column takes, each with what becomes of anything else."""
    found = []
    for reference in suite.references:
        if reference.column == name:
            of = reference.table.removeprefix("reference.")
            where = (
                f"what [`{of}`](../seeds/reference/{of}.csv) lists"
                if reference.is_to_seed
                else f"ids of [{of}](#{of})"
            )
            found.append(f"{where}, else {CONSEQUENCES[reference.severity]}")
    for rule in suite.rules:
        if rule.column == name and (said := words_of(rule)):
            found.append(f"{said}, else {CONSEQUENCES[rule.severity]}")
    for order in suite.orders:
        if order.column == name:
            found.append(f"no day before `{order.start}`, else {CONSEQUENCES[order.severity]}")
    return found


def words_of(rule: Rule) -> str:
    """Return what a rule about one cell asks for, in words; nothing where the type says it."""
    if rule.name.startswith("is_one_of_"):
        return ", ".join(f"`{word}`" for word in rule.expectation.value_set)
    if number := re.fullmatch(r"is_a_(whole_)?number(?:_from_(.+?))?(?:_to_(.+))?", rule.name):
        whole, low, high = number.groups()
        bounds = [f"from {low}" if low else "", f"to {high}" if high else ""]
        return " ".join(filter(None, ["a whole number" if whole else "a number", *bounds]))
    return {
        "is_true_or_false": "`true` or `false`, `yes` or `no`, `1` or `0`",
        "is_a_day_like_2024-01-31": "a day",
        "is_a_moment_like_2024-01-31T09:30:00Z": "a moment or a day",
        "is_an_id": "an id, no structure",
    }.get(rule.name, "")


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")
    print(f"{PAGE.relative_to(ROOT)}: {len(tables())} tables")


if __name__ == "__main__":
    main()
