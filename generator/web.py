"""Visits: sessions on the site, and badges scanned at trade-show stands.

A visitor's sessions carry `contact_id` from the session in which the contact was created; the
earlier ones share only the `visitor_id`. People whom the company met elsewhere, at a stand or on a
call, come to the site as well, and leads of all channels come to later stands and webinars: these
visits are drawn apart (`_later_visits`, `_nurturing`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from generator import clock
from generator.clock import LAST_MOMENT, moment_text
from generator.crm import DAY, Account, Contact, web_moment
from generator.names import base36
from generator.tables import Batch
from generator.world import (
    CHANNELS,
    CURIOUS,
    HOSTNAME,
    INTERNAL_HOSTNAME,
    NURTURED,
    WEBINAR_OPENS,
    World,
    weighted,
)

PAGES = ("/", "/prix", "/produit", "/blog/crm", "/blog/forecast", "/guide", "/demo", "/clients")
WEBINAR_PAGE = "/webinaire"

_WEB = {
    name: round(item.strangers)
    for name, item in CHANNELS.items()
    if item.is_web and name != "WEBINAR"
}
"""Visitors at scale 1 who never became a contact, by source; webinars have days of their own."""


@dataclass(frozen=True)
class Habits:
    """How often leads of a kind are seen again, each as a share of them.

    `before` and `after`: on the site, before and after the company met them, where it did so
    elsewhere; `webinar` and `stand`: at a later webinar and a later stand; `nurtured`: at each
    webinar that takes place while a deal with them is open, because sales invited them.
    """

    before: float
    after: float
    webinar: float
    stand: float
    nurtured: float


_HABITS = {
    "TRADE_SHOW": Habits(0.38, 0.92, 0.07, 0.04, 0.1),
    "WEBINAR": Habits(0.0, 0.0, 0.06, 0.06, 0.0),
    "PARTNER": Habits(0.06, 0.14, 0.02, 0.05, 0.02),
    "OFFLINE": Habits(0.06, 0.14, 0.02, 0.05, 0.02),
}
_WEB_HABITS = Habits(0.0, 0.0, 0.06, 0.08, 0.1)
"""Sessions of web leads around their creation are drawn with them."""

INVITED = 0.5
"""Share of the webinars' leads whom an invitation brought: they had never seen the site before."""


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
    if source == "WEBINAR":
        landing = WEBINAR_PAGE
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
        is_invited = _is_invited(world, contact)
        for step, (at, known) in enumerate(sorted(visits)):
            is_first = step == 0
            source = contact.channel if is_first or rng.random() < 0.6 else "DIRECT_TRAFFIC"
            if at > contact.created - 2_000 and known:
                source = contact.channel if at < contact.created else source
            if source == "WEBINAR" and not contact.created - 2_000 < at < contact.created:
                source = weighted(rng, NURTURED if known else CURIOUS)
            campaign = ""
            if source == contact.channel:
                campaign = world.still_running(contact.campaign, at // DAY)
            elif contact.channel == "WEBINAR":
                campaign = world.pick_campaign(rng, source, at // DAY)
            pages = 2 + int(rng.random() * 8) if known else 1 + int(rng.random() * 6)
            key = f"k{base36(account.index * 128 + number)}"
            visitor = _visitor_of(account, place)
            row = _session(rng, key, visitor, known, at, source, campaign, pages)
            if known or not is_invited:
                rows.append(row)
            number += 1
    _later_visits(world, account, batch)
    _nurturing(world, account, batch)


def _is_invited(world: World, contact: Contact) -> bool:
    """Tell whether an invitation to a webinar brought a lead who did not know the site.

    Its draw is its own: visits that are left out move no others.
    """
    return contact.channel == "WEBINAR" and world.rng("invited", contact.id).random() < INVITED


def _visitor_of(account: Account, place: int) -> str:
    """Return the browser of a contact, by its place among the company's contacts."""
    return f"k{base36(account.index * 16 + place)}"


def _later_visits(world: World, account: Account, batch: Batch) -> None:
    """Append what leads do beside the visit that made them leads.

    Its draws are its own, so that habits can change without moving other visits.
    """
    rng = world.rng("later-visits", account.index)
    number = 0

    def visit(place: int, contact: str, at: int, source: str, campaign: str) -> None:
        nonlocal number
        if 3_600 < at < LAST_MOMENT:
            key = f"j{base36(account.index * 128 + number)}"
            pages = 1 + int(rng.random() * 7)
            row = _session(
                rng, key, _visitor_of(account, place), contact, at, source, campaign, pages
            )
            batch["web_sessions"].append(row)
            number += 1

    for place, contact in enumerate(account.contacts):
        habits = _HABITS.get(contact.channel, _WEB_HABITS)
        met = contact.created // DAY
        if contact.channel == "TRADE_SHOW":
            met = account.fair_day
        early = rng.choices((1, 2), (70, 30))[0] if rng.random() < habits.before else 0
        late = rng.choices((1, 2, 3), (50, 33, 17))[0] if rng.random() < habits.after else 0
        for known, count, sources in (("", early, CURIOUS), (contact.id, late or early, NURTURED)):
            for _ in range(count):
                distance = 1 + int(rng.random() ** 2 * 45)
                day = contact.created // DAY + distance if known else met - distance
                source = weighted(rng, sources)
                campaign = world.pick_campaign(rng, source, day)
                visit(place, known, web_moment(rng, day), source, campaign)
        known_from = contact.created // DAY + 3
        if rng.random() < habits.webinar:
            days = ((item, item.start + WEBINAR_OPENS) for item in world.webinars)
            webinar, day = next(((item, day) for item, day in days if day > known_from), (None, 0))
            if webinar is not None and day < known_from + 200:
                visit(place, contact.id, _joined_at(rng, day), "WEBINAR", webinar.id)
        if rng.random() < habits.stand:
            fair = next((item for item in world.fairs if item.start > known_from), None)
            if fair is not None and fair.start < known_from + 270:
                key = f"{fair.id[1:]}j-{base36(account.index * 16 + place)}"
                at = fair.start * DAY + 28_800 + int(rng.random() * 28_800)
                batch["trade_show_visits"].append(
                    (f"T{key}", fair.id, moment_text(at), f"B{key}", contact.id, account.owner.id)
                )


def _nurturing(world: World, account: Account, batch: Batch) -> None:
    """Append visits of webinars to which people are invited while a deal with them is open.

    Each contact has draws of its own, so that these visits move no others.
    """
    number = 0
    for place, contact in enumerate(account.contacts):
        rng = world.rng("nurtured", contact.id)
        share = _HABITS.get(contact.channel, _WEB_HABITS).nurtured
        for webinar in world.webinars:
            at = _joined_at(rng, webinar.start + WEBINAR_OPENS)
            if rng.random() < share and any(deal.is_open(at) for deal in contact.deals):
                key = f"n{base36(account.index * 128 + number)}"
                pages = 2 + int(rng.random() * 6)
                visitor = _visitor_of(account, place)
                batch["web_sessions"].append(
                    _session(rng, key, visitor, contact.id, at, "WEBINAR", webinar.id, pages)
                )
                number += 1


def _joined_at(rng: Random, day: int) -> int:
    """Return the moment at which somebody joins a webinar on its day."""
    return day * DAY + 32_400 + int(rng.random() * 3_600)


def _stand_visit(
    world: World, rng: Random, account: Account, contact: Contact, batch: Batch, place: int
) -> None:
    fair = int(contact.campaign[1:])
    key = f"{fair:02d}-{base36(account.index * 16 + place)}"
    at = _scan_moment(rng, account, contact.created)

    def scan(visit: str, at: int) -> None:
        line = (contact.campaign, moment_text(at), f"B{key}", contact.id, account.owner.id)
        batch["trade_show_visits"].append((visit, *line))

    scan(f"T{key}", at)
    if rng.random() < 0.08:
        scan(f"T{key}-b", at + 2_400)


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
            expected = sum(_WEB.values()) * world.scale * share / (after - first)
            expected *= 0.55 if clock.weekday(day) > 4 else 1.18
            count = int(expected + rng.random())
            rows = []
            for _ in range(count):
                visitor = f"a{base36(month * 1_000_000 + number)}"
                source = weighted(rng, _WEB)
                if source == "DIRECT_TRAFFIC" and rng.random() < 0.08:
                    source = "AI_REFERRALS" if day > clock.day(2024, 9, 1) else source
                campaign = world.pick_campaign(rng, source, day)
                rows += _visitor(rng, day, visitor, source, campaign)
                number += 1
            yield "web_sessions", rows
    yield from _registrants(world)


def _registrants(world: World) -> Iterator[tuple[str, list[tuple[str, ...]]]]:
    """Yield (table, rows): visitors of webinars' pages who did not leave their name, in batches."""
    rng = world.rng("registrants")
    rows: list[tuple[str, ...]] = []
    for number in range(round(CHANNELS["WEBINAR"].strangers * world.scale)):
        webinar, day = world.webinar_visit(rng)
        rows += _visitor(rng, day, f"w{base36(number)}", "WEBINAR", webinar.id)
        if len(rows) > 10_000:
            yield "web_sessions", rows
            rows = []
    yield "web_sessions", rows


def _visitor(
    rng: Random, day: int, visitor: str, source: str, campaign: str
) -> list[tuple[str, ...]]:
    share = rng.random()
    agent = "bot" if share < 0.04 else ""
    host = INTERNAL_HOSTNAME if share > 0.985 else HOSTNAME
    rows = []
    at = web_moment(rng, day)
    for step in range(rng.choices((1, 2, 3, 5), (85, 10, 3, 2))[0]):
        if at > LAST_MOMENT:
            break
        pages = 1 if rng.random() < 0.48 else 2 + int(rng.random() * 5)
        if agent:
            pages = 1 + int(rng.random() * 30)
        key = f"{visitor}-{step}" if step else visitor
        rows.append(_session(rng, key, visitor, "", at, source, campaign, pages, agent, host))
        at += int((0.05 + rng.random() * 12) * DAY)
        if source == "WEBINAR" or rng.random() < 0.5:
            source, campaign = "DIRECT_TRAFFIC", ""
    return rows


def stand_visitors(world: World, batch: Batch) -> None:
    """Append the badges that never became a contact, fair by fair."""
    total = sum(fair.weight for fair in world.fairs)
    strangers = CHANNELS["TRADE_SHOW"].strangers
    for fair in world.fairs:
        rng = world.rng("stand", fair.id)
        length = fair.end - fair.start + 1 if fair.end is not None else 1
        for number in range(round(strangers * world.scale * fair.weight / total)):
            day = fair.start + int(rng.random() * length)
            at = day * DAY + 28_800 + int(rng.random() * 28_800)
            group = int(rng.random() * world.scale)
            owner = world.pick_owner(rng, group, "sdr", day).id
            key = f"{fair.id[1:]}x-{base36(number)}"
            batch["trade_show_visits"].append(
                (f"T{key}", fair.id, moment_text(at), f"B{key}", "", owner)
            )
            if rng.random() < 0.07:
                batch["trade_show_visits"].append(
                    (f"T{key}-b", fair.id, moment_text(at + 1_500), f"B{key}", "", owner)
                )
