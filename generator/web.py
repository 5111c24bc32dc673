"""Visits: sessions on the site, and badges scanned at trade-show stands.

A visitor's sessions carry `contact_id` from the session in which the contact was created; the
earlier ones share only the `visitor_id`.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from generator import clock
from generator.clock import LAST_MOMENT, moment_text
from generator.crm import DAY, Account, Contact, web_moment
from generator.names import base36
from generator.tables import Batch
from generator.world import (
    CHANNELS,
    HOSTNAME,
    INTERNAL_HOSTNAME,
    World,
    weighted,
)

ANONYMOUS_VISITORS = 9_300
"""Visitors at scale 1 who never became a contact."""

STAND_VISITORS = 610
"""Badges scanned at scale 1 that never became a contact, all fairs together."""

PAGES = ("/", "/prix", "/produit", "/blog/crm", "/blog/forecast", "/guide", "/demo", "/clients")
_WEB = {name: round(item.share * 1_000) for name, item in CHANNELS.items() if item.is_web}


def _session(
    rng: Random,
    key: str,
    visitor: str,
    contact: str,
    at: int,
    source: str,
    campaign: str,
    pages: int,
    agent: str = "",
    host: str = HOSTNAME,
) -> tuple[str, ...]:
    duration = 0 if pages == 1 else int(pages * (15 + rng.random() * 70))
    landing = PAGES[int(rng.random() ** 1.4 * len(PAGES))]
    if not agent:
        agent = "desktop" if rng.random() < 0.64 else "mobile"
    return (
        key,
        visitor,
        contact,
        moment_text(at),
        str(duration),
        str(pages),
        source,
        campaign,
        landing,
        host,
        agent,
    )


def write_account(world: World, account: Account, batch: Batch) -> None:
    """Append the sessions and the stand visits of the account's contacts."""
    rng = world.rng("web", account.index)
    number = 0
    rows = batch["web_sessions"]
    for place, contact in enumerate(account.contacts):
        if contact.channel == "TRADE_SHOW":
            _stand_visit(world, rng, account, contact, batch, place)
            continue
        if not CHANNELS[contact.channel].is_web:
            continue
        visitor = base36(account.index * 16 + place)
        visits = []
        for _ in range(rng.choices((0, 1, 2, 3), (46, 32, 15, 7))[0]):
            at = contact.created - int((0.1 + rng.random() ** 2 * 35) * DAY)
            if at > 3_600:
                visits.append((at, ""))
        visits.append((max(0, contact.created - 240 - int(rng.random() * 900)), contact.id))
        for _ in range(rng.choices((0, 1, 2, 4), (70, 17, 9, 4))[0]):
            at = contact.created + int((0.1 + rng.random() * 60) * DAY)
            if at < LAST_MOMENT:
                visits.append((at, contact.id))
        for step, (at, known) in enumerate(sorted(visits)):
            is_first = step == 0
            source = contact.channel if is_first or rng.random() < 0.6 else "DIRECT_TRAFFIC"
            if at > contact.created - 2_000 and known:
                source = contact.channel if at < contact.created else source
            campaign = contact.campaign if source == contact.channel else ""
            pages = 2 + int(rng.random() * 8) if known else 1 + int(rng.random() * 6)
            key = f"k{base36(account.index * 128 + number)}"
            rows.append(_session(rng, key, f"k{visitor}", known, at, source, campaign, pages))
            number += 1


def _stand_visit(
    world: World, rng: Random, account: Account, contact: Contact, batch: Batch, place: int
) -> None:
    fair = int(contact.campaign[1:])
    key = f"{fair:02d}{base36(account.index * 16 + place)}"
    at = _scan_moment(rng, account, contact.created)

    def scan(visit: str, at: int) -> None:
        line = (contact.campaign, moment_text(at), f"B{key}", contact.id, account.owner.id)
        batch["trade_show_visits"].append((visit, *line))

    scan(f"T{key}", at)
    if rng.random() < 0.08:
        scan(f"T{key}{world.mark}b", at + 2_400)


def _scan_moment(rng: Random, account: Account, created: int) -> int:
    """Return the moment a badge was scanned: in stand hours of the fair's first day."""
    first_day = account.fair_day
    at = first_day * DAY + 28_800 + int(rng.random() * 28_800)
    return min(at, created - 3_600)


def anonymous(world: World) -> Iterator[tuple[str, list[tuple[str, ...]]]]:
    """Yield (table, rows) day by day: visitors without a contact, bots, our own people."""
    for month, share in enumerate(world.month_shares):
        first, after = clock.month_start(month), clock.month_start(month + 1)
        number = 0
        for day in range(first, after):
            rng = world.rng("traffic", day)
            expected = ANONYMOUS_VISITORS * world.scale * share / (after - first)
            expected *= 0.55 if clock.weekday(day) > 4 else 1.18
            count = int(expected + rng.random())
            rows = []
            for _ in range(count):
                visitor = f"a{base36(month * 1_000_000 + number)}"
                rows += _visitor(world, rng, day, visitor)
                number += 1
            yield "web_sessions", rows


def _visitor(world: World, rng: Random, day: int, visitor: str) -> list[tuple[str, ...]]:
    source = weighted(rng, _WEB)
    if source == "DIRECT_TRAFFIC" and rng.random() < 0.08:
        source = "AI_REFERRALS" if day > clock.day(2024, 9, 1) else source
    campaign = ""
    if source in ("PAID_SEARCH", "PAID_SOCIAL", "EMAIL_MARKETING"):
        campaign = world.pick_campaign(rng, source, day)
    share = rng.random()
    agent = "bot" if share < 0.04 else ""
    host = INTERNAL_HOSTNAME if share > 0.985 else HOSTNAME
    rows = []
    at = web_moment(rng, day)
    for step in range(rng.choices((1, 2, 3, 5), (70, 18, 8, 4))[0]):
        if at > LAST_MOMENT:
            break
        pages = 1 if rng.random() < 0.48 else 2 + int(rng.random() * 5)
        if agent:
            pages = 1 + int(rng.random() * 30)
        key = f"{visitor}-{step}" if step else visitor
        rows.append(_session(rng, key, visitor, "", at, source, campaign, pages, agent, host))
        at += int((0.05 + rng.random() * 12) * DAY)
        if rng.random() < 0.5:
            source, campaign = "DIRECT_TRAFFIC", ""
    return rows


def stand_visitors(world: World, batch: Batch) -> None:
    """Append the badges that never became a contact, fair by fair."""
    total = sum(fair.weight for fair in world.fairs)
    for fair in world.fairs:
        rng = world.rng("stand", fair.id)
        length = fair.end - fair.start + 1 if fair.end is not None else 1
        for number in range(round(STAND_VISITORS * world.scale * fair.weight / total)):
            day = fair.start + int(rng.random() * length)
            at = day * DAY + 28_800 + int(rng.random() * 28_800)
            group = int(rng.random() * world.scale)
            owner = world.pick_owner(rng, group, "sdr", day).id
            key = f"{fair.id[1:]}{world.mark}x{base36(number)}"
            batch["trade_show_visits"].append(
                (f"T{key}", fair.id, moment_text(at), f"B{key}", "", owner)
            )
            if rng.random() < 0.07:
                batch["trade_show_visits"].append(
                    (f"T{key}{world.mark}b", fair.id, moment_text(at + 1_500), f"B{key}", "", owner)
                )
