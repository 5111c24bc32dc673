"""Former amounts and expected close dates of deals, before they became the present ones.

`write` turns the deals of an account into rows of `deal_property_history`: the first values at the
deal's creation, then every change, the last of which is what the deal shows today. It draws from
generators of its own and changes nothing that was drawn before.
"""

from __future__ import annotations

import math
from random import Random

from generator import clock
from generator.clock import LAST_MOMENT, day_text, moment_text
from generator.crm import DAY, Account, Deal, office_moment
from generator.tables import Batch
from generator.world import TEAMS, World, money, spread

EXPANSION_CYCLE = 38
"""The median cycle in days that reps have in mind for an expansion."""

Entry = tuple[str, int]
"""A value as text, and the moment it was set."""


def write(world: World, account: Account, batch: Batch) -> None:
    """Append the property history of the account's deals, now and then of none: imported ones."""
    for deal in account.deals:
        rng = world.rng("deal-history", deal.id)
        if rng.random() < (0.3 if deal.pipeline == "legacy" else 0.015):
            continue
        cycle = EXPANSION_CYCLE if deal.pipeline == "expansion" else TEAMS[account.team].cycle
        found = [(deal.id, "amount", value, at) for value, at in _amounts(rng, deal)]
        found += [(deal.id, "closedate", value, at) for value, at in _days(rng, deal, cycle)]
        found.sort(key=lambda entry: (entry[3], entry[1]))
        if rng.random() < 0.03:
            found.reverse()
        batch["deal_property_history"] += [(*entry, moment_text(at)) for *entry, at in found]


def _office_between(rng: Random, after: int, before: int) -> int | None:
    """Return a moment of office hours strictly between two moments; None if none was found."""
    for _ in range(8):
        at = office_moment(rng, (after + int(rng.random() * (before - after))) // DAY)
        if after < at < before:
            return at
    return None


# --- amounts ----------------------------------------------------------------------------------


def _amounts(rng: Random, deal: Deal) -> list[Entry]:
    """Draw the amounts: most stay what they were, others are estimates that become the final one.

    An amount that is empty today either always was or has been cleared.
    """
    end = LAST_MOMENT if deal.closed is None else deal.closed
    if not deal.amount:
        cleared = _office_between(rng, deal.created, end) if rng.random() < 0.5 else None
        if cleared is None:
            return []
        return [(money(_estimate(rng, deal.cents)), deal.created), ("", cleared)]
    if rng.random() < (0.46 if deal.is_won else 0.6):
        return [(deal.amount, deal.created)]
    moments: list[int] = []
    for _ in range(2 if rng.random() < 0.3 else 1):
        at = _office_between(rng, deal.created, end)
        if at is not None and at not in moments:
            moments.append(at)
    moments.sort()
    if deal.is_won and (not moments or rng.random() < 0.3):
        moments = [*moments[:1], end]
    values = [money(_estimate(rng, deal.cents)) for _ in moments] + [deal.amount]
    entries = list(zip(values, [deal.created, *moments], strict=True))
    return _changes(entries)


def _estimate(rng: Random, cents: int) -> int:
    return round(cents * (0.7 + 0.65 * rng.random()))


def _changes(entries: list[Entry]) -> list[Entry]:
    """Return the entries without those that repeat the value before."""
    return [
        entry
        for place, entry in enumerate(entries)
        if not place or entry[0] != entries[place - 1][0]
    ]


# --- closing days -----------------------------------------------------------------------------


def _days(rng: Random, deal: Deal, median_cycle: float) -> list[Entry]:
    """Draw the closing days: a guess, its changes while open, and the day the deal closed."""
    lost_at, back_at = _reopening(deal)
    end = next(at for at in (lost_at, deal.closed, LAST_MOMENT) if at is not None)
    found = _expectations(rng, deal, median_cycle, end)
    if deal.closed is None:
        found = _towards(rng, found, deal.expected)
    else:
        final = deal.closed // DAY
        if lost_at is not None:
            found.append((lost_at // DAY, lost_at))
            found.append((_promised(rng, back_at // DAY + 5 + int(rng.random() * 25)), back_at))
        elif deal.is_won and len(found) < 4 and rng.random() < 0.35:
            known = _office_between(
                rng, max(found[-1][1], deal.closed - 15 * DAY), deal.closed - DAY
            )
            if known is not None:
                found.append((final, known))
        found.append((final, deal.closed))
    return _changes([(day_text(day), at) for day, at in found])


def _reopening(deal: Deal) -> tuple[int | None, int | None]:
    """Return when the deal was first lost and when it was taken up again, if it was."""
    for (stage, at), (_, next_at) in zip(deal.path, deal.path[1:], strict=False):
        if stage.endswith("_lost"):
            return at, next_at
    return None, None


def _promised(rng: Random, day: int) -> int:
    """Return the day that a rep writes down: often the end of the month, else a workday."""
    month_end = clock.workday_before(clock.month_end(clock.month_of(day)))
    return month_end if month_end >= day and rng.random() < 0.45 else clock.workday_before(day)


def _expectations(rng: Random, deal: Deal, median_cycle: float, end: int) -> list[tuple[int, int]]:
    """Draw the expected closing days before `end`, each with the moment it was set.

    The first is somewhat too hopeful. When a day draws near and the deal does not, it is put off;
    a few days are brought forward, and a few are left behind until the deal closes.
    """
    start = deal.created // DAY
    final = deal.expected if deal.closed is None else deal.closed // DAY
    usual = math.sqrt(median_cycle * max(7, final - start))
    first = _promised(rng, start + max(7, int(spread(rng, 0.85 * usual, 0.3))))
    found = [(first, deal.created)]
    for _ in range(3):
        day, at = found[-1]
        share = rng.random()
        if share < 0.12:
            when = _office_between(rng, at, min(end, (day - 10) * DAY))
            if when is None:
                continue
            sooner = day - 4 - int(rng.random() * 24)
            found.append((clock.workday_before(max(when // DAY + 5, sooner)), when))
            continue
        when = office_moment(rng, day - 9 + int(rng.random() * 12))
        if share > 0.88 or not at < when < end:
            break
        later = max(day, when // DAY) + max(5, int(spread(rng, 21, 0.6)))
        found.append((_promised(rng, later), when))
    return found


def _towards(rng: Random, found: list[tuple[int, int]], final: int) -> list[tuple[int, int]]:
    """Return the expectations of an open deal, the last of which is the day it shows today."""
    kept = [found[0], *(entry for entry in found[1:] if entry[1] // DAY <= final)]
    if len(kept) > 1:
        return [*kept[:-1], (final, kept[-1][1])]
    (first, created), changed = kept[0], None
    if first != final and rng.random() < 0.5:
        changed = _office_between(rng, created, min(LAST_MOMENT, (final + 1) * DAY))
    return [(final, created)] if changed is None else [(first, created), (final, changed)]
