"""Read the pattern of a title: text with facts in braces.

`{end}` is the fact `end` in its unit, `{change:abs}` the same without its sign.
`{change?grew|fell|stayed}` chooses by the sign of a fact that the reader would see: above 0, below,
or 0. `{count#lead|leads}` chooses the singular or the plural of the language. Words of a choice are
patterns again: `{change?grew by {change_share:abs}|fell by {change_share:abs}|did not move}`.
`boards/shell/pattern.js` reads the same language in the page; a test compares the two.
"""

from __future__ import annotations

import re

NAME = re.compile(r"[a-z][a-z0-9_]*")
FORMATS = {"abs"}
# How many ways a choice has, by its sign.
CHOICES = {"?": 3, "#": 2}


class PatternError(ValueError):
    """A pattern that cannot be read."""


def facts_of(pattern: str) -> set[str]:
    """Return the names of the facts that a pattern may state."""
    found: set[str] = set()
    rest = _text(pattern, 0, found, is_top=True)
    if rest != len(pattern):
        raise PatternError(f"a closing brace too many in {pattern!r}")
    return found


def _text(pattern: str, place: int, found: set[str], *, is_top: bool) -> int:
    """Read text until the end, or until the sign that ends a word of a choice; return the place."""
    while place < len(pattern):
        sign = pattern[place]
        if sign == "{":
            place = _fact(pattern, place + 1, found)
        elif sign == "}" or (sign == "|" and not is_top):
            return place
        else:
            place += 1
    return place


def _fact(pattern: str, place: int, found: set[str]) -> int:
    """Read what stands in braces, from behind the opening one; return the place behind the end."""
    name = NAME.match(pattern, place)
    if not name:
        raise PatternError(f"no name of a fact after a brace in {pattern!r}")
    found.add(name[0])
    place = name.end()
    sign = pattern[place : place + 1]
    if sign == ":":
        how = NAME.match(pattern, place + 1)
        if not how or how[0] not in FORMATS:
            raise PatternError(f"no format after the colon behind {name[0]!r} in {pattern!r}")
        place = how.end()
    elif sign in CHOICES:
        count = 0
        while True:
            place = _text(pattern, place + 1, found, is_top=False)
            count += 1
            if pattern[place : place + 1] != "|":
                break
        if count != CHOICES[sign]:
            raise PatternError(
                f"{name[0]!r} has {count} words to choose from and needs {CHOICES[sign]}, "
                f"in {pattern!r}"
            )
    if pattern[place : place + 1] != "}":
        raise PatternError(f"no closing brace behind {name[0]!r} in {pattern!r}")
    return place + 1
