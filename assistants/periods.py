"""Read the period that a question asks for: `latest whole`, `2025-Q2`, `juin 2025`, `last 6`."""

from __future__ import annotations

import calendar
import datetime
import re
from typing import Any

from assistants.catalogue import GRAINS, Catalogue, folded, quoted
from assistants.words import Language, NotAnsweredError, message

Period = dict[str, Any]

MONTHS = {
    name: number
    for names in (
        "january february march april may june july august september october november december",
        "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre",
    )
    for number, name in enumerate(names.split(), 1)
}
LATEST = {
    "", "latest whole", "latest", "last", "last whole", "derniere entiere", "derniere",
    "dernier", "derniere periode entiere", "derniere periode",
}  # fmt: skip
UNITS = {
    "week": "week", "weeks": "week", "semaine": "week", "semaines": "week",
    "month": "month", "months": "month", "mois": "month",
    "quarter": "quarter", "quarters": "quarter", "trimestre": "quarter", "trimestres": "quarter",
    "year": "year", "years": "year", "an": "year", "ans": "year", "annee": "year", "annees": "year",
}  # fmt: skip
LAST = re.compile(
    r"(?:the )?(?:last|latest) (?P<count>\d{1,3})(?: (?P<unit>[a-z]+))?"
    r"|(?:les )?(?P<nombre>\d{1,3}) derni(?:er|ere)s(?: (?P<unite>[a-z]+))?"
)
CURRENT = {"current", "now", "en cours", "periode en cours", "actuelle"}
PREVIOUS = {"previous", "precedente", "periode precedente"}
EXAMPLES = [
    "latest whole", "current", "last 6", "2025", "2025-H1", "2025-Q2", "2025-06", "June 2025",
    "2025-W14", "2025-06-30", "2025-01..2025-06",
]  # fmt: skip


def asked_for(
    catalogue: Catalogue, kpi: str, variant: str, grain: str | None, text: str, language: Language
) -> list[Period]:
    """Return the periods of one grain that are asked for, the oldest first.

    A longer span than the grain, such as `2025` by month, is all its periods; a shorter one, such
    as a day, the period that it is in.
    """
    grains = catalogue.variants[kpi][variant]["grains"].split("|")
    if grain and grain not in grains:
        said = message("grain", language, kpi=kpi, asked=quoted(grain))
        raise NotAnsweredError("not_defined", said, nearest=[{"grain": one} for one in grains])
    words = folded(text)
    said = LAST.fullmatch(words)
    unit = UNITS.get((said["unit"] or said["unite"] or "") if said else "")
    usual = grain or (unit if unit in grains else next(one for one in GRAINS if one in grains))
    if words in LATEST:
        found = last_whole(catalogue, usual, 1)
    elif words in PREVIOUS:
        found = last_whole(catalogue, usual, 2)[:1]
    elif words in CURRENT:
        found = [one for one in of_grain(catalogue, usual) if one["has_begun"]][-1:]
    elif said:
        found = last_whole(catalogue, usual, int(said["count"] or said["nombre"]))
    else:
        found = between(catalogue, grain, usual, grains, text, language)
    if not found:
        raise no_period(catalogue, usual, text, language)
    return found


def between(
    catalogue: Catalogue,
    grain: str | None,
    usual: str,
    grains: list[str],
    text: str,
    language: Language,
) -> list[Period]:
    """Return the periods of a span that is written as one period, or as two with `..` between."""
    ends = [span(catalogue, end, language) for end in text.split("..")]
    if len(ends) > 2 or not all(ends) or ends[0][1] > ends[-1][2]:
        raise no_period(catalogue, usual, text, language)
    (own, start, _), (_, _, end) = ends[0], ends[-1]
    grain = grain or own or usual
    if grain not in grains:
        said = message("grain", language, kpi=quoted(text), asked=quoted(grain))
        raise NotAnsweredError("not_defined", said, nearest=[{"grain": one} for one in grains])
    known = of_grain(catalogue, grain)
    inside = [one for one in known if start <= one["period_start"] <= end]
    around = [one for one in known if one["period_start"] <= start and end <= one["period_end"]]
    return around or inside


def span(
    catalogue: Catalogue, text: str, language: Language
) -> tuple[str | None, datetime.date, datetime.date] | None:
    """Return grain, first and last day of what is written, None if it is no period.

    A day has no grain.
    """
    words = folded(text)
    try:
        if said := re.fullmatch(r"(\d{4}) (\d\d) (\d\d)", words):
            day = datetime.date(*map(int, said.groups()))
            return None, day, day
        if said := re.fullmatch(r"(\d{4}) w(\d\d?)|(\d{4})w(\d\d?)", words):
            year, week = (int(part) for part in said.groups() if part)
            day = datetime.date.fromisocalendar(year, week, 4)
            return "week", day, day
        if said := re.fullmatch(r"(\d{4}) (\d\d)", words):
            return months("month", int(said[1]), int(said[2]), 1)
        if (said := re.fullmatch(r"([a-z]+) (\d{4})", words)) and said[1] in MONTHS:
            return months("month", int(said[2]), MONTHS[said[1]], 1)
        found = re.fullmatch(r"(\d{4})(?: ?([qths])([1-4]))?|([qths])([1-4]) (\d{4})", words)
        if not found:
            return None
        year, letter = int(found[1] or found[6]), found[2] or found[4]
        if catalogue.publication["fiscal_year_start_month"] != 1:
            said_so = message("fiscal", language, asked=quoted(text))
            raise NotAnsweredError("not_defined", said_so)
        if not letter:
            return months("year", year, 1, 12)
        grain, length = ("quarter", 3) if letter in "qt" else ("half_year", 6)
        return months(grain, year, length * (int(found[3] or found[5]) - 1) + 1, length)
    except ValueError:
        return None


def months(
    grain: str, year: int, first: int, count: int
) -> tuple[str, datetime.date, datetime.date]:
    """Return a span of months of one year."""
    last = first + count - 1
    return (
        grain,
        datetime.date(year, first, 1),
        datetime.date(year, last, calendar.monthrange(year, last)[1]),
    )


def of_grain(catalogue: Catalogue, grain: str) -> list[Period]:
    """Return all periods of a grain, the oldest first."""
    return [one for one in catalogue.periods if one["period_grain"] == grain]


def last_whole(catalogue: Catalogue, grain: str, count: int) -> list[Period]:
    """Return the latest whole period of a grain and those before it."""
    known = of_grain(catalogue, grain)
    latest = [place for place, one in enumerate(known) if one["is_latest_whole"]]
    return known[max(0, latest[0] + 1 - count) : latest[0] + 1] if latest and count else []


def no_period(catalogue: Catalogue, grain: str, text: str, language: Language) -> NotAnsweredError:
    """Return what is said of a text that is no period of the data."""
    begun = [one for one in of_grain(catalogue, grain) if one["has_begun"]]
    return NotAnsweredError(
        "not_defined",
        message("period", language, asked=quoted(text)),
        nearest=[{"period": example} for example in EXAMPLES],
        known_from=begun[0]["period_start"] if begun else None,
        known_until=begun[-1]["period_end"] if begun else None,
    )
