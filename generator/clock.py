"""Days and moments as integers, and their text.

A *day* is the number of days since 2023-01-01, a *moment* the number of seconds since
2023-01-01T00:00:00Z, a *month* the number of months since January 2023. Integers keep millions of
dates cheap and make arithmetic exact.
"""

from __future__ import annotations

import calendar
from datetime import date
from functools import cache

_EPOCH = date(2023, 1, 1).toordinal()

MONTHS = 36
"""Months of history, January 2023 to December 2025."""

LAST_DAY = date(2025, 12, 31).toordinal() - _EPOCH
"""The last day with data, 2025-12-31."""

LAST_MOMENT = LAST_DAY * 86_400 + 22 * 3_600
"""No event is later: 22:00 UTC on the last day is still the same day in Paris."""


def day(year: int, month: int, day_of_month: int) -> int:
    """Return the day number of a calendar date."""
    return date(year, month, day_of_month).toordinal() - _EPOCH


def moment(year: int, month: int, day_of_month: int, hour: int = 9, minute: int = 0) -> int:
    """Return the UTC moment of a calendar date and time."""
    return day(year, month, day_of_month) * 86_400 + hour * 3_600 + minute * 60


@cache
def day_text(number: int | None) -> str:
    """Return `2024-03-31`, or an empty text when the day is unknown."""
    return "" if number is None else date.fromordinal(number + _EPOCH).isoformat()


def moment_text(seconds: int | None) -> str:
    """Return `2024-03-31T14:05:00Z`, or an empty text when the moment is unknown."""
    if seconds is None:
        return ""
    whole_day, rest = divmod(seconds, 86_400)
    hour, rest = divmod(rest, 3_600)
    minute, second = divmod(rest, 60)
    return f"{day_text(whole_day)}T{hour:02d}:{minute:02d}:{second:02d}Z"


@cache
def month_of(number: int) -> int:
    """Return the month that a day falls in."""
    found = date.fromordinal(number + _EPOCH)
    return (found.year - 2023) * 12 + found.month - 1


@cache
def month_start(month: int) -> int:
    """Return the first day of a month."""
    return day(2023 + month // 12, month % 12 + 1, 1)


def month_end(month: int) -> int:
    """Return the last day of a month."""
    return month_start(month + 1) - 1


def weekday(number: int) -> int:
    """Return 0 for Monday to 6 for Sunday."""
    return (number + 6) % 7


def workday_before(number: int) -> int:
    """Return the day itself, or the Friday before a weekend day."""
    return number - max(0, weekday(number) - 4)


@cache
def add_months(number: int, months: int) -> int:
    """Return the same day of a later month, or that month's last day where it is shorter."""
    start = date.fromordinal(number + _EPOCH)
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return day(year, month + 1, min(start.day, last))


def add_intervals(number: int, interval: str, count: int) -> int:
    """Return the day that lies `count` days, weeks, months or years later."""
    if interval == "day":
        return number + count
    if interval == "week":
        return number + 7 * count
    return add_months(number, count if interval == "month" else 12 * count)
