"""The project's macros without a project: called as dbt calls them, with what a test gives them."""

import re
from dataclasses import dataclass
from types import SimpleNamespace

from conftest import ROOT
from dbt_common.clients.jinja import CallableMacroGenerator
from dbt_common.exceptions.macros import MacroReturn


class RefusedError(Exception):
    """The words with which a macro stops dbt."""


@dataclass(frozen=True)
class Macro:
    """A macro, as dbt takes it apart."""

    name: str
    macro_sql: str


def _return(value=""):
    raise MacroReturn(value)


def _refuse(message):
    raise RefusedError(message)


def lone_macros(**given):
    """Return all macros by name; `given` stands in place of theirs, and of what dbt knows."""
    context = {
        "return": _return,
        "modules": SimpleNamespace(re=re),
        "execute": True,
        "exceptions": SimpleNamespace(raise_compiler_error=_refuse),
        "escape_single_quotes": lambda text: text.replace("'", "''"),
        "adapter": SimpleNamespace(quote=lambda name: f'"{name}"'),
    }
    for path in sorted((ROOT / "macros").rglob("*.sql")):
        text = path.read_text(encoding="utf-8")
        for found in re.finditer(r"{%-? macro (\w+).*?endmacro -?%}", text, re.DOTALL):
            context[found[1]] = CallableMacroGenerator(Macro(found[1], found[0]), context)
    context |= given
    return SimpleNamespace(
        **{name: value for name, value in context.items() if name.isidentifier()}
    )
